import * as z from "zod";
import { evidenceType, parseStatement, type Statement } from "../../evidence/index.ts";
import { hexOf } from "../../oci/index.ts";
import { readBundle } from "../read-bundle.ts";
import type { SignedContent, Unbelieved } from "../signed-content.ts";
import { unbelieved } from "../signed-content.ts";
import { proveSignatory } from "../trust/prove-signatory.ts";
import type { Signatory, SignerTrust } from "../trust/signer-trust.ts";
import { isLeftOut, type ModelFile, mayIgnore, omsPredicateType, rootDigest, topOf } from "./statement.ts";

/** What was found about a model signature. */
export type OmsJudgement =
  | {
      readonly accepted: true /** Undefined when nobody was asked who signed. */;
      readonly signatory: Signatory | undefined;
    }
  | ({ readonly accepted: false } & Unbelieved);

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const predicateSchema = z.object({
  serialization: z.object({
    method: z.literal("files"),
    hash_type: z.literal("sha256"),
    allow_symlinks: z.boolean(),
    ignore_paths: z.array(z.string()).default([]),
  }),
  resources: z.array(z.object({ name: z.string(), algorithm: z.literal("sha256"), digest })),
});

/**
 * Judges whether something that was signed is an OpenSSF model signature over exactly these files (OMS specification
 * v1.0), by whatever tool it was made.
 *
 * @param trust who may sign; undefined to look at what is stated alone
 * @returns undefined for what does not even claim to be a model signature
 */
export function judgeOms(
  content: SignedContent | Unbelieved,
  files: readonly ModelFile[],
  trust: SignerTrust | undefined,
): OmsJudgement | undefined {
  if ("code" in content || content.states !== "statement") return undefined;
  // Read before the signature holds, to tell what it claims to be, and no more.
  const statement = parseStatement(content.payload);
  if (statement?.predicateType !== omsPredicateType) return undefined;
  const proof = trust === undefined ? undefined : proveSignatory(content, trust);
  if (proof !== undefined && "code" in proof) return { accepted: false, ...proof };
  const problem = problemOf(statement, files);
  if (problem !== undefined) return { accepted: false, ...problem };
  return { accepted: true, signatory: proof?.signatory };
}

function problemOf({ _type, subject, predicate }: Statement, files: readonly ModelFile[]): Unbelieved | undefined {
  const [about, ...more] = subject;
  if (_type !== evidenceType.statement || about === undefined || more.length > 0) {
    return unbelieved("STATEMENT_MALFORMED", "its statement is not one of version 1 about one model");
  }
  const parsed = predicateSchema.safeParse(predicate);
  if (!parsed.success) {
    return unbelieved("PREDICATE_MALFORMED", "it is not over whole files by SHA-256, the only kind that is read");
  }
  const { resources, serialization } = parsed.data;
  if (about.digest["sha256"] !== rootDigest(resources.map((resource) => resource.digest))) {
    return unbelieved("PREDICATE_MALFORMED", "its root digest is not that of the files that it lists");
  }
  const ignored = serialization.ignore_paths.find((path) => !mayIgnore(path));
  if (ignored !== undefined) return unbelieved("FILES_MISMATCH", `it lets anything lie at "${ignored}"`);
  return difference(new Map(resources.map((r) => [r.name, r.digest])), resources.length, {
    files,
    ignored: new Set(serialization.ignore_paths),
  });
}

function difference(
  stated: ReadonlyMap<string, string>,
  count: number,
  { files, ignored }: { readonly files: readonly ModelFile[]; readonly ignored: ReadonlySet<string> },
): Unbelieved | undefined {
  if (stated.size !== count) return unbelieved("PREDICATE_MALFORMED", "it lists a file twice");
  const known = new Set<string>();
  for (const { path, blob } of files) {
    const found = stated.get(path);
    known.add(path);
    if (found === undefined && isLeftOut(path) && ignored.has(topOf(path))) continue;
    if (found === undefined) return unbelieved("FILES_MISMATCH", `it does not list "${path}"`);
    if (found !== hexOf(blob.digest)) return unbelieved("FILES_MISMATCH", `it lists "${path}" with another digest`);
  }
  const other = [...stated.keys()].find((name) => !known.has(name));
  return other === undefined ? undefined : unbelieved("FILES_MISMATCH", `it lists "${other}", which the release lacks`);
}

/** True when the bytes of a `model.sig` are an acceptable model signature over exactly these files. */
export function isOmsOf(bytes: Uint8Array, files: readonly ModelFile[], trust: SignerTrust | undefined): boolean {
  return judgeOms(readBundle(bytes), files, trust)?.accepted === true;
}
