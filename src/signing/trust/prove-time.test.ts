import { createHash, createPublicKey, sign } from "node:crypto";
import { TransparencyLogEntry, TrustedRoot } from "@sigstore/protobuf-specs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assembledBundle, signedBytes } from "../../../test/support/sigstore/assembled-bundle.ts";
import { newKey } from "../../../test/support/sigstore/certificate-authority.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { type RekorV1, startRekorV1 } from "../../../test/support/sigstore/rekor-v1.ts";
import { trustedRoot } from "../../../test/support/sigstore/trusted-root.ts";
import { openSigningService, recordSignature } from "../keyless/index.ts";
import { readBundle } from "../read-bundle.ts";
import { proveTime } from "./prove-time.ts";

const at = new Date("2026-05-01T12:00:00Z");
const sigstore = makeSigstore(at);
const other = makeSigstore(at);
const root = TrustedRoot.fromJSON(sigstore.trustedRoot());
const { privateKey, publicKey } = newKey("P-256");
const payloadType = "application/vnd.in-toto+json";
const hours = (count: number) => new Date(at.getTime() + count * 3_600_000);

/** A signature of a key over a payload, with what is offered as proof of its time. */
function signed(text = "{}") {
  const envelope = { payload: Buffer.from(text), payloadType };
  const bytes = signedBytes(envelope);
  const signature = sign("sha256", bytes, privateKey);
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const digest = createHash("sha256").update(bytes).digest();
  return {
    signature,
    stamp: (when: Date, by = sigstore) => by.timestamps.stamp(signature, when),
    record: (by = sigstore) => by.log.record({ digest, signature, verifier: { publicKey: spki } }),
    content(stamps: readonly Buffer[], entries: readonly TransparencyLogEntry[] = []) {
      const bundle = assembledBundle({ ...envelope, signature });
      const verificationMaterial = {
        publicKey: { hint: "" },
        tlogEntries: entries.map((entry) => TransparencyLogEntry.toJSON(entry)),
        timestampVerificationData: {
          rfc3161Timestamps: stamps.map((stamp) => ({ signedTimestamp: stamp.toString("base64") })),
        },
      };
      const content = readBundle(Buffer.from(JSON.stringify({ ...bundle, verificationMaterial })));
      if ("code" in content) throw new Error(content.why);
      return content;
    },
  };
}

const one = signed();
const prove = (stamps: readonly Buffer[], entries: readonly TransparencyLogEntry[] = [], by = root) =>
  proveTime(one.content(stamps, entries), publicKey, by);
const stamped = (when: Date) => ({ at: when, by: "timestamp authority" });

describe("stamps", () => {
  it("prove the earliest of their times", () => {
    expect(prove([one.stamp(at)])).toEqual(stamped(at));
    expect(prove([one.stamp(hours(2)), one.stamp(hours(1)), one.stamp(hours(3))])).toEqual(stamped(hours(1)));
    expect(prove([])).toBeUndefined();
  });

  it("prove nothing without a trusted root, or with one that names no authority of times", () => {
    expect(proveTime(one.content([one.stamp(at)]), publicKey, undefined)).toBeUndefined();
    const without = TrustedRoot.fromJSON(sigstore.trustedRoot({ without: ["timestamps"] }));
    expect(prove([one.stamp(at)], [], without)).toBeUndefined();
  });

  const broken = one.stamp(at);
  broken[broken.length - 3] = (broken.at(-3) ?? 0) ^ 1;
  it.each<[string, Buffer]>([
    ["of an authority that is not trusted", one.stamp(hours(-1), other)],
    ["of another signature", signed("[]").stamp(hours(-1))],
    [
      "with another key under the authority's name",
      sigstore.timestamps.stamp(one.signature, hours(-1), { key: privateKey }),
    ],
    ["of another digest", sigstore.timestamps.stamp(one.signature, hours(-1), { digest: Buffer.alloc(32, 1) })],
    ["that were changed", broken],
    ["that are none", Buffer.from("no stamp")],
    ["that are empty but for a beginning", Buffer.of(0x30, 0)],
  ])("%s prove nothing, and hide nothing", (_, stamp) => {
    expect(prove([stamp])).toBeUndefined();
    expect(prove([stamp, one.stamp(at)])).toEqual(stamped(at));
  });

  it("from outside the time in which their authority is trusted prove nothing", () => {
    const period = { start: hours(-10), end: hours(1) };
    const short = TrustedRoot.fromJSON(sigstore.trustedRoot({ periods: { timestamps: period } }));
    expect(prove([one.stamp(at)], [], short)).toEqual(stamped(at));
    expect(prove([one.stamp(hours(2))], [], short)).toBeUndefined();
    expect(prove([one.stamp(hours(-11))], [], short)).toBeUndefined();
  });

  it("of another key's signature prove nothing", () => {
    expect(proveTime(one.content([one.stamp(at)]), newKey("P-256").publicKey, root)).toBeUndefined();
  });
});

describe("a log of Rekor 2", () => {
  it("gives no times, whatever its entry says", () => {
    const entry = one.record();
    expect(prove([], [entry])).toBeUndefined();
    expect(prove([], [{ ...entry, integratedTime: String(at.getTime() / 1000) }])).toBeUndefined();
    expect(prove([one.stamp(at)], [entry])).toEqual(stamped(at));
  });
});

describe("a log of Rekor 1", () => {
  let rekor: RekorV1;
  let entry: TransparencyLogEntry;
  let v1: TrustedRoot;

  beforeAll(async () => {
    rekor = await startRekorV1();
    const service = await openSigningService({ signal: new AbortController().signal });
    const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
    const content = {
      signed: { payload: Buffer.from("{}"), payloadType },
      signature: one.signature,
      verifier: { publicKey: spki },
    };
    entry = await recordSignature({ rekor: rekor.url, version: 1, content, service });
    v1 = TrustedRoot.fromJSON(trustedRoot({ tlogs: [rekor.trusted] }));
  });
  afterAll(() => rekor[Symbol.asyncDispose]());

  it("vouches for the time of its promise", () => {
    const time = new Date(Number(entry.integratedTime) * 1000);
    expect(prove([], [entry], v1)).toEqual({ at: time, by: "transparency log" });
    expect(Math.abs(time.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it("vouches for nothing without its promise, with another time, or when it is not trusted", () => {
    expect(prove([], [{ ...entry, inclusionPromise: undefined }], v1)).toBeUndefined();
    expect(prove([], [{ ...entry, integratedTime: String(Number(entry.integratedTime) - 1) }], v1)).toBeUndefined();
    expect(prove([], [entry], root)).toBeUndefined();
  });

  it("vouches for no other signature", () => {
    const another = signed("[]");
    expect(proveTime(another.content([], [entry]), publicKey, v1)).toBeUndefined();
  });
});
