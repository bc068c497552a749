// What a release is: model.yaml, versions and variants, ADR-004 metadata, tags, names in storage, and which file paths
// may stand in one. Pure: texts and bytes go in, data comes out; no file system, no network, no process.
// May import `src/errors`.

export { modelYamlError, releaseError } from "./errors.ts";
export { byPath, findClash, pathProblem } from "./file-paths.ts";
export { type AdrMetadata, adrMetadata, adrMetadataJsonSchema, encodeMetadata, parseMetadata } from "./metadata.ts";
export { type ModelDeclaration, modelYamlJsonSchema, modelYamlSchema } from "./model-schema.ts";
export { maxModelYamlBytes, parseModelYaml, withVersion } from "./model-yaml.ts";
export { modelNameOf, storageName } from "./storage-name.ts";
export { type EvidenceRun, evidenceTag, type ParsedTag, parseTag, variantTag } from "./tags.ts";
export { modelYamlTemplate, type TemplateFacts } from "./template.ts";
