import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { encodeStatement, predicateType } from "../../../src/evidence/index.ts";
import { type Descriptor, type Digest, digestOf, isDigest } from "../../../src/oci/index.ts";
import { bareRepository } from "../../support/git.ts";
import { makeSigstore } from "../../support/sigstore/index.ts";
import { signedBundle, statement, testResultType } from "./envelope.ts";
import { keys, type Place } from "./place.ts";

const people = { builder: "builder", evaluator: "judge", "mlops-engineer": "erin", "platform-lead": "lena" } as const;

/** What a policy says besides the usual. */
export interface PolicyChanges {
  readonly times?: "proven";
  readonly ledger?: boolean;
  /** When the builder's key ran out. */
  readonly until?: string;
}

/** A policy that asks for a signature and an evaluation. */
export async function writePolicy(place: Place, { times, ledger, until }: PolicyChanges = {}): Promise<void> {
  const roles = Object.entries(people).map(([role, person]) => {
    const key = keys[person].publicKey.export({ type: "spki", format: "pem" });
    return [role, [{ name: person, key, ...(until !== undefined && person === "builder" && { until }) }]];
  });
  const evaluation = { evaluation: { against: "thresholds" } };
  const policy = {
    roles: Object.fromEntries(roles),
    transitions: {
      staging: { roles: ["mlops-engineer"], gates: ["owner", "signature", evaluation] },
      production: { roles: ["platform-lead"], gates: ["owner", evaluation] },
      retired: { roles: ["platform-lead"], gates: ["owner"] },
    },
    environments: { live: { states: ["production"], movers: ["platform-lead"] } },
    ...(times && { times, trustedRoot: makeSigstore().trustedRoot() }),
    ...(ledger && { ledger: { repository: "gitops.git", branch: "main" } }),
  };
  await writeFile(join(place.directory, "policy.yaml"), JSON.stringify(policy));
}

/** Signs and evaluates a release. */
export async function evaluate(place: Place, release = place.release): Promise<void> {
  await place.attach(signedBundle(statement(release)), {}, release);
  await place.attach(result(release, "PASSED", "2026-01-02T03:00:00Z"), {}, release);
}

/** A result of an evaluation, by whom it has to be. */
export function result(
  release: Descriptor,
  verdict: "PASSED" | "FAILED",
  evaluatedOn: string,
  by = keys.judge,
): object {
  const metrics = [{ name: "accuracy", value: 0.9, comparator: ">=", threshold: 0.5, passed: true }];
  const predicate = { result: verdict, configuration: [{ name: "evaluation" }], metrics, evaluatedOn };
  return signedBundle(statement(release, { predicateType: testResultType, predicate }), { by });
}

/** A release in production. */
export async function promoteAll(place: Place, { ledger = false } = {}): Promise<void> {
  if (ledger) bareRepository(place.directory, "gitops", { "README.md": "Releases\n" });
  await writePolicy(place, { ledger });
  await evaluate(place);
  await promote(place, "staging", "erin");
  await promote(place, "production", "lena");
}

export function promote(place: Place, to: string, by: string, more: Readonly<Record<string, string>> = {}) {
  const texts = {
    subject: place.reference(),
    to,
    policy: "policy.yaml",
    key: `../keys/${by}.pem`,
    format: "bundle",
    reason: "Because",
    ...more,
  };
  return place.step("promote", texts);
}

const linkSchema = z.looseObject({ sequence: z.number(), to: z.string(), run: z.looseObject({ id: z.string() }) });
type LinkPredicate = z.infer<typeof linkSchema>;

/** A statement that is attached to the release. */
interface Attached {
  readonly manifest: Digest;
  readonly blob: Digest;
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly predicate: unknown;
}

async function attachedTo(place: Place): Promise<readonly Attached[]> {
  const store = await place.store();
  const found: Attached[] = [];
  for (const manifest of await store.referrers(place.release.digest)) {
    const { layers } = z
      .object({ layers: z.array(z.object({ digest: z.string() })) })
      .parse(JSON.parse(await readFile(place.blob(manifest.digest), "utf8")));
    const blob = layers[0]?.digest ?? "";
    if (!isDigest(blob)) continue;
    const bytes = await readFile(place.blob(blob));
    const { payload } = z
      .object({ dsseEnvelope: z.object({ payload: z.string() }) })
      .parse(JSON.parse(bytes.toString())).dsseEnvelope;
    const stated = z
      .object({ predicateType: z.string(), predicate: z.unknown() })
      .parse(JSON.parse(Buffer.from(payload, "base64").toString()));
    found.push({ manifest: manifest.digest, blob, bytes, type: stated.predicateType, predicate: stated.predicate });
  }
  return found;
}

/** The link of this number. */
export async function linkAt(place: Place, sequence: number): Promise<Attached & { readonly link: LinkPredicate }> {
  for (const one of await attachedTo(place)) {
    const link = one.type === predicateType.promotion ? linkSchema.parse(one.predicate) : undefined;
    if (link?.sequence === sequence) return { ...one, link };
  }
  throw new Error(`there is no link ${sequence}`);
}

/** Attaches another link, as somebody with a key could. */
export async function forgeLink(place: Place, changes: object, by: keyof typeof keys, like = 2): Promise<void> {
  const { link } = await linkAt(place, like);
  const payload = encodeStatement(place.release.digest, predicateType.promotion, { ...link, ...changes });
  await place.attach(signedBundle(Buffer.from(payload).toString(), { by: keys[by] }));
}

/** Takes a manifest out of the index, and out of Slipway's own memory of it. */
export async function detach(place: Place, manifest: Digest): Promise<void> {
  await rm(join(place.directory, "store", ".slipway"), { recursive: true, force: true });
  const file = join(place.directory, "store", "index.json");
  const index = z
    .looseObject({ manifests: z.array(z.looseObject({ digest: z.string() })) })
    .parse(JSON.parse(await readFile(file, "utf8")));
  const manifests = index.manifests.filter(({ digest }) => digest !== manifest);
  if (manifests.length === index.manifests.length) throw new Error(`${manifest} is not in the index`);
  await writeFile(file, JSON.stringify({ ...index, manifests }));
}

/** The blob of the evaluation that the release was promoted on. */
export async function evaluationOf(place: Place): Promise<Digest> {
  const found = (await attachedTo(place)).find(({ type }) => type === testResultType);
  if (found === undefined) throw new Error("there is no evaluation");
  return digestOf(found.bytes);
}
