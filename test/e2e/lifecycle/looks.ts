import { createHash, verify } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { git } from "../../support/git.ts";
import { modelName } from "../../support/release-scene.ts";
import type { Version } from "./world.ts";

/*
 * What is there, seen with other eyes than Slipway's: git, the store's files as JSON, and the signatures of Node.
 * None of this imports what it checks.
 */

/** A signed statement, after its signature was checked. */
export interface Statement {
  readonly digest: string;
  readonly type: string;
  readonly subject: string;
  readonly predicate: Readonly<Record<string, unknown>>;
  /** Whose public key fits; undefined when nobody's does. */
  readonly signer: string | undefined;
}

/** A statement that hangs on a release in the store. */
export interface Attached extends Statement {
  readonly tag: string;
}

const sha256 = (bytes: string | Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const bundleSchema = z.object({
  dsseEnvelope: z.object({
    payload: z.string(),
    payloadType: z.string(),
    signatures: z.tuple([z.object({ sig: z.string() })]),
  }),
});
const statementSchema = z.object({
  subject: z.tuple([z.object({ digest: z.object({ sha256: z.string() }) })]),
  predicateType: z.string(),
  predicate: z.record(z.string(), z.unknown()),
});
const indexSchema = z.object({
  manifests: z.array(z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()).optional() })),
});
const manifestSchema = z.object({
  subject: z.object({ digest: z.string() }).optional(),
  layers: z.array(z.object({ digest: z.string() })),
});

/** What `git` says in `gitops.git`. */
export function ask(work: string, ...args: readonly string[]): string {
  return git(join(work, "gitops.git"), ...args);
}

/** How many commits the branch has. */
export function commitCount(work: string): number {
  return Number(ask(work, "rev-list", "--count", "--first-parent", "main"));
}

/** The last commit: its subject line, whom git names as author, the trailers, and the files that it touched. */
export function lastCommit(work: string) {
  const said = ask(work, "log", "-1", "--format=%H%x00%s%x00%an%x00%(trailers:only,unfold)", "main");
  const [hash = "", subject, author, trailers = ""] = said.split("\0");
  return {
    hash,
    subject,
    author,
    trailers: Object.fromEntries(trailers.split("\n").map((line) => line.split(/: (.*)/s, 2))),
    files: ask(work, "diff-tree", "-r", "--no-commit-id", "--name-status", "main").split("\n"),
  };
}

/** Files below a folder of the branch, without the folder. */
export function filesIn(work: string, folder: string): string[] {
  const listed = ask(work, "ls-tree", "-r", "--name-only", "main", "--", `${folder}/`);
  return listed.split("\n").flatMap((path) => (path === "" ? [] : [path.slice(folder.length + 1)]));
}

/** The links of a release in the ledger, in the order of their files. */
export function ledgerOf(work: string, version: Version): Statement[] {
  const folder = `slipway/ledger/${modelName}/${version}-default`;
  const files = filesIn(work, folder);
  const expected = files.map((_, place) => `${String(place + 1).padStart(4, "0")}.json`);
  if (files.join() !== expected.join()) throw new Error(`the ledger has ${files.join()}`);
  return files.map((file) => statementIn(work, ask(work, "show", `main:${folder}/${file}`)));
}

/** Everything that hangs on a release in the store. */
export function attachedTo(work: string, subject: string): Attached[] {
  return storeIndex(work).flatMap(({ digest, tag }) => {
    const manifest = manifestSchema.parse(JSON.parse(blob(work, digest)));
    const [layer] = manifest.layers;
    if (manifest.subject?.digest !== subject || layer === undefined) return [];
    return [{ tag, ...statementIn(work, blob(work, layer.digest)) }];
  });
}

/** The own tag of a layer of cosign's older storage. */
const layerTag = /_(?:sig|att)-[0-9a-f]{16}$/;

/** The tags of a release that hint at its state, with what they point at. */
export function hintsOf(work: string, version: Version): string[] {
  return storeIndex(work).flatMap(({ digest, tag }) =>
    tag.startsWith(`${version}-default_`) && !tag.includes(".", version.length) && !layerTag.test(tag)
      ? [`${tag.slice(`${version}-default_`.length)} ${digest}`]
      : [],
  );
}

/** A signed event or link as it lies in the repository. */
export function statementAt(work: string, path: string): Statement {
  return statementIn(work, ask(work, "show", `main:${path}`));
}

/** The digest of a file of the scene. */
export function digestOfFile(work: string, name: string): string {
  return sha256(readFileSync(join(work, name)));
}

function storeIndex(work: string): { digest: string; tag: string }[] {
  const { manifests } = indexSchema.parse(JSON.parse(readFileSync(join(work, "store", "index.json"), "utf8")));
  return manifests.map(({ digest, annotations }) => ({
    digest,
    tag: annotations?.["org.opencontainers.image.ref.name"] ?? "",
  }));
}

/** @throws Error when its content does not have the digest that it is called by */
function blob(work: string, digest: string): string {
  const bytes = readFileSync(join(work, "store", "blobs", digest.replace(":", "/")));
  if (sha256(bytes) !== digest) throw new Error(`the blob ${digest} has other content`);
  return bytes.toString("utf8");
}

function statementIn(work: string, bundle: string): Statement {
  const { payload, payloadType, signatures } = bundleSchema.parse(JSON.parse(bundle)).dsseEnvelope;
  const bytes = Buffer.from(payload, "base64");
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${bytes.length} `),
    bytes,
  ]);
  const signature = Buffer.from(signatures[0].sig, "base64");
  const { subject, predicateType, predicate } = statementSchema.parse(JSON.parse(bytes.toString("utf8")));
  return {
    digest: sha256(bytes),
    type: predicateType,
    subject: `sha256:${subject[0].digest.sha256}`,
    predicate,
    signer: publicKeysIn(work).find(([, pem]) => verify("sha256", signed, pem, signature))?.[0],
  };
}

/** Whose key it is, and the key. */
function publicKeysIn(work: string): (readonly [string, string])[] {
  const names = readdirSync(join(work, "keys")).filter((file) => file.endsWith(".pub"));
  return names.map((file) => [file.replace(".pub", ""), readFileSync(join(work, "keys", file), "utf8")]);
}
