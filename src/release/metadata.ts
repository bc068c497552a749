import * as z from "zod";
import { publishedSchema, schemaProblems, spotOf } from "../documents/index.ts";
import { reason } from "../errors/index.ts";
import { releaseError } from "./errors.ts";
import { nameSchema, variantNameSchema, versionSchema } from "./identity-schema.ts";
import type { ModelDeclaration } from "./model-schema.ts";
import { adrProvenanceSchema } from "./provenance-schema.ts";
import { capabilitiesSchema, deploymentSchema, modelSchema } from "./variant-schema.ts";

const maxMetadataBytes = 1024 * 1024;
const mostShown = 50;

const adrMetadataSchema = z.strictObject(
  {
    name: nameSchema.describe("Name of the model."),
    version: versionSchema.describe("Semantic version of the release."),
    variant: variantNameSchema.describe("Name of the variant."),
    model: modelSchema.describe("What somebody must know before the model is pulled."),
    capabilities: capabilitiesSchema,
    provenance: adrProvenanceSchema.describe("How the model came to be."),
    deployment: deploymentSchema.describe("Where the variant runs."),
  },
  { error: "a mapping" },
);

/** The metadata.json of one variant (ADR-004), and behind ADR-004's keys what ADR-004 does not know. */
export type AdrMetadata = z.infer<typeof adrMetadataSchema>;

/** JSON Schema (2020-12) of metadata.json. */
export function adrMetadataJsonSchema(): Record<string, unknown> {
  return publishedSchema("urn:slipway:schema:metadata:v1", "metadata.json", adrMetadataSchema);
}

/** What model.yaml says about one variant, as ADR-004 metadata. @throws SlipwayError VARIANT_UNDECLARED */
export function adrMetadata(declaration: ModelDeclaration, variant: string): AdrMetadata {
  const { name, version, provenance = {}, variants } = declaration;
  const declared = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
  if (declared === undefined) {
    throw releaseError("VARIANT_UNDECLARED", `"${variant}" is not one of ${Object.keys(variants).join(", ")}`);
  }
  const { dataset, ...lineage } = provenance;
  const { model, capabilities, deployment } = declared;
  return inOrder({
    name,
    version,
    variant,
    model,
    capabilities,
    provenance: {
      ...lineage,
      ...(dataset === undefined ? {} : { dataset: dataset.name }),
      ...(dataset?.version === undefined ? {} : { datasetVersion: dataset.version }),
      ...(dataset?.uri === undefined ? {} : { datasetUri: dataset.uri }),
      ...(dataset?.digest === undefined ? {} : { datasetDigest: dataset.digest }),
    },
    deployment,
  });
}

/** The bytes of metadata.json: two blanks of indentation, a final line feed, and one order of keys on every machine. */
export function encodeMetadata(metadata: AdrMetadata): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(inOrder(metadata), undefined, 2)}\n`);
}

/**
 * Reads a metadata.json back.
 *
 * @param file name for messages
 * @throws SlipwayError METADATA_SYNTAX, METADATA_INVALID
 */
export function parseMetadata(bytes: Uint8Array, file = "metadata.json"): AdrMetadata {
  const value = parseJson(bytes, file);
  const parsed = adrMetadataSchema.safeParse(value);
  if (parsed.success) return inOrder(parsed.data);
  const problems = schemaProblems(parsed.error.issues, { root: spotOf(value), schema: adrMetadataJsonSchema });
  const lines = problems.slice(0, mostShown).map(({ say }) => `${file}: ${say()}`);
  const more = problems.length - 1;
  throw releaseError("METADATA_INVALID", `${lines[0]}${more === 0 ? "" : ` (and ${more} more)`}`, {
    details: more === 0 ? [] : lines,
  });
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  if (bytes.length > maxMetadataBytes) {
    throw releaseError("METADATA_SYNTAX", `${file} is larger than ${maxMetadataBytes / 1024} KiB`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw releaseError("METADATA_SYNTAX", `${file} is not JSON in UTF-8: ${reason(cause)}`, { cause });
  }
}

/** Parsing puts the keys into the schema's order, which is ADR-004's; names that are free are sorted. */
function inOrder(metadata: AdrMetadata): AdrMetadata {
  const { provenance, deployment } = metadata;
  const { hyperparameters } = provenance;
  const { runtimes } = deployment;
  return adrMetadataSchema.parse({
    ...metadata,
    provenance: {
      ...provenance,
      ...(hyperparameters === undefined ? {} : { hyperparameters: sorted(hyperparameters) }),
    },
    deployment: { ...deployment, ...(runtimes === undefined ? {} : { runtimes: sorted(runtimes) }) },
  });
}

function sorted<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
