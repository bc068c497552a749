import { createHash } from "node:crypto";
import { evidenceType } from "../../evidence/index.ts";
import { type Digest, hexOf } from "../../oci/index.ts";
import { signingError } from "../errors.ts";

/** Predicate type of an OpenSSF model signature (OMS specification v1.0). */
export const omsPredicateType = "https://model_signing/signature/v1.0";

/** Name of the file that carries the signature beside the model's own. */
export const omsFile = "model.sig";

/** What OMS tools leave out unless they are told otherwise, at the top of the model and below. */
const gitPaths: ReadonlySet<string> = new Set([".git", ".gitattributes", ".github", ".gitignore"]);

/** One file of a model: its path with `/`, and the content as it is on disk. */
export interface ModelFile {
  readonly path: string;
  readonly blob: { readonly digest: Digest };
}

/**
 * The statement of an OpenSSF model signature over a model's files (OMS specification v1.0, serialization method "files"),
 * as JSON without white space. What its tools leave out by themselves is left out, and named, since they refuse a
 * directory otherwise.
 *
 * @param files the whole model, in any order
 * @param model name of the model; its last part is stated, for people to read
 * @throws SlipwayError OMS_NAME_TAKEN
 */
export function encodeOmsStatement(files: readonly ModelFile[], model: string): Uint8Array {
  requireSignable(files);
  const signed = files.filter(({ path }) => !isLeftOut(path)).sort(byCodePoints);
  const resources = signed.map(({ path, blob }) => ({ name: path, digest: hexOf(blob.digest), algorithm: "sha256" }));
  const leftOut = new Set(files.flatMap(({ path }) => (isLeftOut(path) ? [topOf(path)] : [])));
  return new TextEncoder().encode(
    JSON.stringify({
      _type: evidenceType.statement,
      subject: [
        {
          name: model.slice(model.lastIndexOf("/") + 1),
          digest: { sha256: rootDigest(resources.map((r) => r.digest)) },
        },
      ],
      predicateType: omsPredicateType,
      predicate: {
        serialization: {
          method: "files",
          hash_type: "sha256",
          allow_symlinks: false,
          ignore_paths: [omsFile, ...[...leftOut].sort()],
        },
        resources,
      },
    }),
  );
}

/** Refuses a model that has a file where its signature is to lie. @throws SlipwayError OMS_NAME_TAKEN */
export function requireSignable(files: readonly ModelFile[]): void {
  // Some file systems do not tell capitals apart.
  const taken = files.find(({ path }) => topOf(path).toLowerCase() === omsFile);
  if (taken === undefined) return;
  throw signingError("OMS_NAME_TAKEN", `the release has a file "${taken.path}" of its own`);
}

/** SHA-256 of digests one after the other, as bytes; all in lower-case hexadecimal. */
export function rootDigest(digests: readonly string[]): string {
  const hash = createHash("sha256");
  for (const digest of digests) hash.update(digest, "hex");
  return hash.digest("hex");
}

/** True for a path that a model signature may leave out, and still is one over the whole model. */
export function mayIgnore(path: string): boolean {
  return path === omsFile || gitPaths.has(path);
}

/** True for a file that model signatures leave out. */
export function isLeftOut(path: string): boolean {
  return gitPaths.has(topOf(path));
}

export function topOf(path: string): string {
  return path.split("/", 1)[0] ?? path;
}

/** UTF-8 sorts as code points do; JavaScript's own order is that of UTF-16. */
function byCodePoints(a: ModelFile, b: ModelFile): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}
