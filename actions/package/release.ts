import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { reason, SlipwayError } from "../../src/errors/index.ts";
import {
  adrMetadata,
  encodeMetadata,
  type ModelDeclaration,
  maxModelYamlBytes,
  parseModelYaml,
  variantTag,
  withVersion,
} from "../../src/release/index.ts";
import { packageError } from "./errors.ts";

/** What model.yaml says about the variant that is packaged. */
export interface DeclaredRelease {
  readonly declaration: ModelDeclaration;
  readonly variant: string;
  readonly tag: string;
  /** Absolute directory that holds the model's files. */
  readonly directory: string;
  /** Absolute path of the model card. */
  readonly modelCard: string;
  /** ADR-004 metadata.json. */
  readonly metadata: Uint8Array;
}

/** Reads model.yaml and picks the variant. @throws SlipwayError MODEL_YAML_*, VARIANT_UNKNOWN */
export async function readRelease(
  modelYaml: string,
  wanted: { readonly variant: string | undefined; readonly version: string | undefined },
): Promise<DeclaredRelease> {
  const read = parseModelYaml(await readText(modelYaml), modelYaml);
  const declaration = wanted.version === undefined ? read : withVersion(read, wanted.version.replace(/^v/, ""));
  const variant = wanted.variant ?? onlyVariant(declaration);
  const declared = declaration.variants[variant];
  if (declared === undefined) {
    throw packageError("VARIANT_UNKNOWN", `${modelYaml} has no variant "${variant}"; it has ${namesOf(declaration)}`);
  }
  return {
    declaration,
    variant,
    tag: variantTag(declaration.version, variant),
    directory: resolve(dirname(modelYaml), declared.path),
    modelCard: resolve(dirname(modelYaml), declaration.modelCard),
    metadata: encodeMetadata(adrMetadata(declaration, variant)),
  };
}

async function readText(path: string): Promise<string> {
  try {
    // What is larger is refused by the parser; it is not read into memory to find that out.
    if ((await stat(path)).size > maxModelYamlBytes) return " ".repeat(maxModelYamlBytes + 1);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw packageError("MODEL_YAML_UNREADABLE", `cannot read ${path}: ${reason(error)}`, { cause: error });
  }
}

function onlyVariant(declaration: ModelDeclaration): string {
  const [only, ...others] = Object.keys(declaration.variants);
  if (only !== undefined && others.length === 0) return only;
  throw packageError("VARIANT_UNKNOWN", `model.yaml has several variants (${namesOf(declaration)}); name one`);
}

function namesOf(declaration: ModelDeclaration): string {
  return Object.keys(declaration.variants).join(", ");
}
