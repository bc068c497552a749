// What a release is: model.yaml, versions and variants, ADR-004 metadata, tags, names in storage, and which file paths
// may stand in one. Pure: texts and bytes go in, data comes out; no file system, no network, no process.
// May import `src/errors`.

export { byPath, findClash, pathProblem } from "./file-paths.ts";
export { type AdrMetadata, adrMetadata, adrMetadataJsonSchema, encodeMetadata, parseMetadata } from "./metadata.ts";
export { type ModelDeclaration, modelYamlJsonSchema } from "./model-schema.ts";
export { maxModelYamlBytes, parseModelYaml, withVersion } from "./model-yaml.ts";
export { storageName, suggestedName } from "./storage-name.ts";
export { evidenceTag, parseTag, stateTag, variantTag } from "./tags.ts";
export { modelYamlTemplate } from "./template.ts";
