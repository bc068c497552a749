import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { crypto, dsse } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Fault, type RekorV1, startRekorV1 } from "../../support/sigstore/rekor-v1.ts";
import { trustedRoot } from "../../support/sigstore/trusted-root.ts";

/*
 * The Rekor v1 that tests log to, held to what @sigstore/verify accepts; cosign's verdict is in test/interop.
 */

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
const verifier = Buffer.from(pem).toString("base64");
const payloadType = "application/vnd.in-toto+json";

const logged = z.object({
  body: z.string(),
  integratedTime: z.number(),
  logID: z.string(),
  logIndex: z.number(),
  verification: z.object({
    inclusionProof: z.object({
      checkpoint: z.string(),
      hashes: z.array(z.string()),
      logIndex: z.number(),
      rootHash: z.string(),
      treeSize: z.number(),
    }),
    signedEntryTimestamp: z.string(),
  }),
});
type Logged = z.infer<typeof logged>;

let log: RekorV1;

beforeEach(async () => {
  log = await startRekorV1();
});

afterEach(() => log[Symbol.asyncDispose]());

function signedEnvelope(payload: string) {
  const sig = sign("sha256", dsse.preAuthEncoding(payloadType, Buffer.from(payload)), privateKey).toString("base64");
  return { payload: Buffer.from(payload).toString("base64"), payloadType, signatures: [{ sig }] };
}

function dsseEntry(envelope: object) {
  const spec = { proposedContent: { envelope: JSON.stringify(envelope), verifiers: [verifier] } };
  return { apiVersion: "0.0.1", kind: "dsse", spec };
}

function hashedRekord(message: string) {
  const hash = { algorithm: "sha256", value: createHash("sha256").update(message).digest("hex") };
  const content = sign("sha256", Buffer.from(message), privateKey).toString("base64");
  const spec = { data: { hash }, signature: { content, publicKey: { content: verifier } } };
  return { apiVersion: "0.0.1", kind: "hashedrekord", spec };
}

function propose(entry: unknown, type = "application/json"): Promise<Response> {
  const headers = { "content-type": type };
  return fetch(new URL("/api/v1/log/entries", log.url), { method: "POST", headers, body: JSON.stringify(entry) });
}

async function entryOf(response: Response): Promise<Logged> {
  const [entry] = Object.values(z.record(z.string(), logged).parse(await response.json()));
  if (entry === undefined) throw new Error("the log answered with no entry");
  return entry;
}

/** Judges a bundle of an entry and what was signed; throws when it is refused. */
function judge(entry: Logged, content: object, kind: "dsse" | "hashedrekord", data?: Buffer): void {
  const { inclusionProof: proof, signedEntryTimestamp } = entry.verification;
  const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");
  const bundle = bundleFromJSON({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      publicKey: { hint: "" },
      tlogEntries: [
        {
          logIndex: String(entry.logIndex),
          logId: { keyId: base64(entry.logID) },
          kindVersion: { kind, version: "0.0.1" },
          integratedTime: String(entry.integratedTime),
          inclusionPromise: { signedEntryTimestamp },
          inclusionProof: {
            logIndex: String(proof.logIndex),
            rootHash: base64(proof.rootHash),
            treeSize: String(proof.treeSize),
            hashes: proof.hashes.map(base64),
            checkpoint: { envelope: proof.checkpoint },
          },
          canonicalizedBody: entry.body,
        },
      ],
    },
    ...content,
  });
  const key = { publicKey: crypto.createPublicKey(pem), validFor: () => true };
  const material = toTrustMaterial(TrustedRoot.fromJSON(trustedRoot({ tlogs: [log.trusted] })), () => key);
  const judge = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 1 });
  judge.verify(toSignedEntity(bundle, data));
}

describe("entries", () => {
  it("an envelope is promised and proven to be in the log", async () => {
    const envelope = signedEnvelope('{"passed":true}');
    const response = await propose(dsseEntry(envelope));
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(`/api/v1/log/entries/${response.headers.get("etag")}`);
    const entry = await entryOf(response);
    judge(entry, { dsseEnvelope: envelope }, "dsse");
    expect(log.bodies).toEqual([Buffer.from(entry.body, "base64").toString()]);
    expect(() => judge(entry, { dsseEnvelope: signedEnvelope("{}") }, "dsse")).toThrow("tlog entry signature mismatch");
  });

  it("a signed digest is, too", async () => {
    const proposed = hashedRekord("a file");
    const entry = await entryOf(await propose(proposed));
    const { hash } = proposed.spec.data;
    const messageDigest = { algorithm: "SHA2_256", digest: Buffer.from(hash.value, "hex").toString("base64") };
    const messageSignature = { messageDigest, signature: proposed.spec.signature.content };
    judge(entry, { messageSignature }, "hashedrekord", Buffer.from("a file"));
  });

  it("every entry of a growing log is proven in the tree of the moment", async () => {
    const envelopes = Array.from({ length: 9 }, (_, index) => signedEnvelope(`{"index":${index}}`));
    const places: string[] = [];
    for (const envelope of envelopes) {
      const response = await propose(dsseEntry(envelope));
      places.push(response.headers.get("location") ?? "");
      judge(await entryOf(response), { dsseEnvelope: envelope }, "dsse");
    }
    for (const [index, envelope] of envelopes.entries()) {
      const entry = await entryOf(await fetch(new URL(places[index] ?? "", log.url)));
      expect(entry.verification.inclusionProof).toMatchObject({ logIndex: index, treeSize: 9 });
      expect(entry.logIndex).toBe(1_000 + index);
      judge(entry, { dsseEnvelope: envelope }, "dsse");
    }
  });

  it("the same entry is taken once, and said to be there the next time", async () => {
    const entry = dsseEntry(signedEnvelope("{}"));
    const first = await propose(entry);
    const second = await propose(entry);
    expect([first.status, second.status]).toEqual([201, 409]);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(log.bodies).toHaveLength(1);
  });

  it("tells its key", async () => {
    const told = await (await fetch(new URL("/api/v1/log/publicKey", log.url))).text();
    const spki = createPublicKey(told).export({ type: "spki", format: "der" }).toString("base64");
    expect(spki).toBe(log.trusted.publicKey.rawBytes);
  });
});

describe("what is not taken", () => {
  const envelope = signedEnvelope('{"passed":true}');
  const other = signedEnvelope('{"passed":false}');
  const record = hashedRekord("a file");
  const proposed = dsseEntry(envelope).spec.proposedContent;

  it.each<[string, unknown, string]>([
    ["a signature of another envelope", dsseEntry({ ...envelope, signatures: other.signatures }), "not by this key"],
    [
      "two signatures",
      dsseEntry({ ...envelope, signatures: [...envelope.signatures, ...other.signatures] }),
      "Too big",
    ],
    ["no signature", dsseEntry({ ...envelope, signatures: [] }), "Too small"],
    ["a payload that is not base64", dsseEntry({ ...envelope, payload: "{}" }), "base64"],
    ["a field nobody knows", { ...dsseEntry(envelope), more: 1 }, "more"],
    ["another version", { ...dsseEntry(envelope), apiVersion: "0.0.2" }, "0.0.1"],
    ["another kind", { ...dsseEntry(envelope), kind: "intoto" }, "Invalid"],
    ["no verifier", { ...dsseEntry(envelope), spec: { proposedContent: { ...proposed, verifiers: [] } } }, "Too small"],
    ["a bare key", { ...dsseEntry(envelope), spec: { proposedContent: { ...proposed, verifiers: ["AAAA"] } } }, "PEM"],
    [
      "a signature of another digest",
      { ...record, spec: { ...record.spec, data: hashedRekord("another file").spec.data } },
      "not of this digest",
    ],
    ["something else", [], "Invalid"],
  ])("%s", async (_, entry, why) => {
    const response = await propose(entry);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 400, message: expect.stringContaining(why) });
    expect(log.bodies).toEqual([]);
  });

  it("anything that is not said to be JSON", async () => {
    expect((await propose(dsseEntry(envelope), "text/plain")).status).toBe(400);
  });
});

describe("faults", () => {
  const envelope = signedEnvelope("{}");

  it.each<[Fault, number]>([
    ["error", 500],
    ["busy", 429],
  ])("%s: nothing is taken, and the next attempt is", async (fault, status) => {
    log.failNext(fault, fault);
    const answers = [await propose(dsseEntry(envelope)), await propose(dsseEntry(envelope))];
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    expect(answers[0]?.headers.get("retry-after")).toBe(fault === "busy" ? "1" : null);
    expect(log.bodies).toEqual([]);
    expect((await propose(dsseEntry(envelope))).status).toBe(201);
    expect(log.asked).toBe(3);
  });

  it("cut answer: the entry is there, and the next attempt hears where", async () => {
    log.failNext("cut answer");
    const response = await propose(dsseEntry(envelope));
    expect(response.status).toBe(201);
    await expect(response.text()).rejects.toThrow("terminated");
    const again = await propose(dsseEntry(envelope));
    expect(again.status).toBe(409);
    const place = new URL(again.headers.get("location") ?? "", log.url);
    judge(await entryOf(await fetch(place)), { dsseEnvelope: envelope }, "dsse");
  });

  it("wrong promise: the proof is right, and the promise is by nobody", async () => {
    log.failNext("wrong promise");
    const entry = await entryOf(await propose(dsseEntry(envelope)));
    expect(() => judge(entry, { dsseEnvelope: envelope }, "dsse")).toThrow("inclusion promise could not be verified");
  });

  it("slow: the answer is right, and late", async () => {
    log.failNext({ slow: 200 });
    const started = performance.now();
    judge(await entryOf(await propose(dsseEntry(envelope))), { dsseEnvelope: envelope }, "dsse");
    expect(performance.now() - started).toBeGreaterThan(195);
  });
});
