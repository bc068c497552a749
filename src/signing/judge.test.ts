import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeSignatureStatement } from "../evidence/index.ts";
import { type Digest, digestOf } from "../oci/index.ts";
import { signStatement } from "./bundle.ts";
import { type Judgement, judgeSignature } from "./judge.ts";
import { readSigningKey } from "./key.ts";
import { keySigner } from "./key-signer.ts";
import { readBundle } from "./read-bundle.ts";
import { unbelieved } from "./signed-content.ts";
import { trustKeys } from "./trust/signer-trust.ts";

/** A signer, with the key itself for bundles that are put together by hand. */
function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = Buffer.from(String(privateKey.export({ type: "pkcs8", format: "pem" })));
  const signing = readSigningKey(pem, undefined, "key");
  return { ...keySigner(signing), ...signing };
}

const builder = signingKey();
const evaluator = signingKey();
const stranger = signingKey();
const subject = digestOf("the manifest");
const hex = subject.slice("sha256:".length);
const otherHex = digestOf("another manifest").slice("sha256:".length);

const statementType = "https://in-toto.io/Statement/v1";
const signatureType = "https://sigstore.dev/cosign/sign/v1";
const payloadType = "application/vnd.in-toto+json";
const statement = {
  _type: statementType,
  subject: [{ digest: { sha256: hex } }],
  predicateType: signatureType,
  predicate: {},
};

interface Parts {
  /** What is signed; a statement, or text that stands for one. */
  readonly payload?: object | string;
  readonly payloadType?: string;
  readonly key?: KeyObject;
  readonly hint?: string;
}

/** A bundle as another tool would write it, put together by hand: DSSE over a statement. */
function bundleOf({
  payload = statement,
  payloadType: type = payloadType,
  key = builder.key,
  hint = builder.trusted.hint,
}: Parts) {
  const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${bytes.length} `), bytes]);
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint } },
    dsseEnvelope: {
      payload: bytes.toString("base64"),
      payloadType: type,
      signatures: [{ sig: sign("sha256", signed, key).toString("base64") }],
    },
  };
}

const good = bundleOf({});
const envelope = good.dsseEnvelope;

const attached = { holder: digestOf("referrer"), storage: "bundle", tag: undefined } as const;

function judge(bundle: object | string | Uint8Array, about: Digest = subject): Judgement {
  const bytes =
    bundle instanceof Uint8Array ? bundle : Buffer.from(typeof bundle === "string" ? bundle : JSON.stringify(bundle));
  return judgeSignature({ ...attached, content: readBundle(bytes) }, about, builder.recognises);
}

/** What cosign adds when it records a signature by a key in a transparency log. */
const logged = {
  tlogEntries: [
    {
      logIndex: "123",
      logId: { keyId: Buffer.alloc(32, 1).toString("base64") },
      kindVersion: { kind: "hashedrekord", version: "0.0.2" },
      integratedTime: "1767323045",
      inclusionProof: {
        logIndex: "123",
        rootHash: Buffer.alloc(32, 2).toString("base64"),
        treeSize: "124",
        hashes: [],
        checkpoint: { envelope: "log.example\n124\n" },
      },
      canonicalizedBody: Buffer.from("{}").toString("base64"),
    },
  ],
  timestampVerificationData: {
    rfc3161Timestamps: [{ signedTimestamp: Buffer.from("no timestamp").toString("base64") }],
  },
};

describe("accepted", async () => {
  test.each<[string, object | Uint8Array]>([
    ["what slipway sign writes", await signStatement(encodeSignatureStatement(subject), builder)],
    ["what cosign writes with a key", good],
    ["a bundle without a hint", bundleOf({ hint: "" })],
    ["a bundle with a foreign hint: who signed is found out, not read", bundleOf({ hint: stranger.trusted.hint })],
    ["a bundle that names its key by no word at all", { ...good, verificationMaterial: { publicKey: {} } }],
    [
      "a signature that cosign has recorded in a log that is not trusted here",
      { ...good, verificationMaterial: { ...good.verificationMaterial, ...logged } },
    ],
    [
      "a statement about two subjects, one of them this",
      bundleOf({ payload: { ...statement, subject: [{ digest: { sha256: otherHex } }, ...statement.subject] } }),
    ],
    ["a statement with white space, as protojson writes it", bundleOf({ payload: JSON.stringify(statement, null, 2) })],
    [
      "a subject with a name and annotations",
      bundleOf({
        payload: { ...statement, subject: [{ name: "retina", digest: { sha256: hex }, annotations: { a: "b" } }] },
      }),
    ],
    [
      "an empty key id",
      { ...good, dsseEnvelope: { ...envelope, signatures: [{ ...envelope.signatures[0], keyid: "" }] } },
    ],
    [
      "a statement of version 0.1, as cosign attests",
      bundleOf({ payload: { ...statement, _type: "https://in-toto.io/Statement/v0.1" } }),
    ],
    ["a bundle with members that are defined later", { ...good, later: true }],
  ])("%s", (_, bundle) => {
    expect(judge(bundle)).toMatchObject({ accepted: true, signatory: builder.signatory });
  });

  test("by any of several trusted keys, and the one that signed is told", () => {
    const bytes = Buffer.from(JSON.stringify(good));
    const trust = trustKeys([stranger.trusted, builder.trusted]);
    const judgement = judgeSignature({ ...attached, content: readBundle(bytes) }, subject, trust);
    expect(judgement).toMatchObject({ accepted: true, signatory: builder.signatory, statement });
  });
});

const altered = "the signature of the trusted key does not hold: what was signed was altered";
const malformed = "it is not a well-formed sigstore bundle";
const untrusted = (hint: string): string => `it was signed by a key that is not trusted here (${hint})`;
const testResult = {
  ...statement,
  predicateType: "https://in-toto.io/attestation/test-result/v0.1",
  predicate: { result: "FAILED", configuration: [] },
};
const evidence = (type: string): string => `it states ${type}, which is evidence and not a signature`;
const message = {
  mediaType: good.mediaType,
  verificationMaterial: good.verificationMaterial,
  messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: hex }, signature: envelope.signatures[0]?.sig },
};

describe("refused, with the reason", () => {
  test.each<[string, object | string | Uint8Array, string]>([
    // Who signed.
    [
      "a signature by an untrusted key",
      bundleOf({ key: stranger.key, hint: stranger.trusted.hint }),
      untrusted(stranger.signatory.fingerprint),
    ],
    [
      "a signature by an untrusted key without a hint",
      bundleOf({ key: stranger.key, hint: "" }),
      untrusted("it does not say which"),
    ],
    [
      "a signature by the evaluator",
      bundleOf({ key: evaluator.key, hint: evaluator.trusted.hint }),
      untrusted(evaluator.trusted.fingerprint),
    ],
    ["a hint of the trusted key, the signature by another", bundleOf({ key: stranger.key }), altered],
    // What was signed.
    [
      "another payload under the signature",
      { ...good, dsseEnvelope: { ...envelope, payload: Buffer.from(JSON.stringify(testResult)).toString("base64") } },
      altered,
    ],
    [
      "one changed byte of the payload",
      { ...good, dsseEnvelope: { ...envelope, payload: flipped(envelope.payload) } },
      altered,
    ],
    [
      "one changed byte of the signature",
      { ...good, dsseEnvelope: { ...envelope, signatures: [{ sig: flipped(envelope.signatures[0]?.sig ?? "") }] } },
      altered,
    ],
    [
      "a signature over the payload alone, without DSSE",
      {
        ...good,
        dsseEnvelope: {
          ...envelope,
          signatures: [
            { sig: sign("sha256", Buffer.from(envelope.payload, "base64"), builder.key).toString("base64") },
          ],
        },
      },
      altered,
    ],
    [
      "a signature in the form that is not DER",
      { ...good, dsseEnvelope: { ...envelope, signatures: [{ sig: Buffer.alloc(64, 1).toString("base64") }] } },
      altered,
    ],
    // About what.
    [
      "another subject",
      bundleOf({ payload: { ...statement, subject: [{ digest: { sha256: otherHex } }] } }),
      "its statement is about another digest",
    ],
    [
      "this digest in capitals",
      bundleOf({ payload: { ...statement, subject: [{ digest: { sha256: hex.toUpperCase() } }] } }),
      "its statement is about another digest",
    ],
    [
      "this digest under another algorithm",
      bundleOf({ payload: { ...statement, subject: [{ digest: { sha512: hex } }] } }),
      "its statement is about another digest",
    ],
    // What it says.
    ["a FAILED evaluation by the trusted key", bundleOf({ payload: testResult }), evidence(testResult.predicateType)],
    [
      "a passed evaluation by the trusted key",
      bundleOf({ payload: { ...testResult, predicate: { result: "PASSED" } } }),
      evidence(testResult.predicateType),
    ],
    [
      "provenance by the trusted key",
      bundleOf({ payload: { ...statement, predicateType: "https://slsa.dev/provenance/v1" } }),
      evidence("https://slsa.dev/provenance/v1"),
    ],
    [
      "a predicate type that only begins like that of a signature",
      bundleOf({ payload: { ...statement, predicateType: `${signatureType}/x` } }),
      evidence(`${signatureType}/x`),
    ],
    [
      "a predicate type in capitals",
      bundleOf({ payload: { ...statement, predicateType: signatureType.toUpperCase() } }),
      evidence(signatureType.toUpperCase()),
    ],
    [
      "a predicate that is not empty",
      bundleOf({ payload: { ...statement, predicate: { result: "PASSED" } } }),
      "its predicate is not empty, as that of a signature is",
    ],
    [
      "no predicate",
      bundleOf({ payload: { ...statement, predicate: undefined } }),
      "its payload is not an in-toto statement",
    ],
    [
      "a payload that is no statement",
      bundleOf({ payload: "signed words" }),
      "its payload is not an in-toto statement",
    ],
    [
      "cosign's payload of old",
      bundleOf({ payload: { critical: { image: { "docker-manifest-digest": subject } }, optional: null } }),
      "its payload is not an in-toto statement",
    ],
    [
      "another payload type",
      bundleOf({ payloadType: "application/json" }),
      'its payload is of type "application/json"',
    ],
    ["no payload type", bundleOf({ payloadType: "" }), 'its payload is of type ""'],
    // In which envelope.
    [
      "two signatures",
      { ...good, dsseEnvelope: { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] } },
      "it has 2 signatures instead of one",
    ],
    ["no signature", { ...good, dsseEnvelope: { ...envelope, signatures: [] } }, "it has 0 signatures instead of one"],
    ["an empty signature", { ...good, dsseEnvelope: { ...envelope, signatures: [{ sig: "" }] } }, malformed],
    ["an empty payload", bundleOf({ payload: "" }), malformed],
    [
      "a key id",
      {
        ...good,
        dsseEnvelope: { ...envelope, signatures: [{ ...envelope.signatures[0], keyid: builder.trusted.hint }] },
      },
      "its signature has a key id, which other verifiers do not accept",
    ],
    ["a signature of a digest", message, "it signs a digest, not a statement"],
    [
      "a certificate",
      { ...good, verificationMaterial: { certificate: { rawBytes: "AAAA" } } },
      "it was signed with a certificate; only keys are trusted here",
    ],
    [
      "a chain of certificates",
      { ...good, verificationMaterial: { x509CertificateChain: { certificates: [{ rawBytes: "AAAA" }] } } },
      malformed,
    ],
    ["no key", { ...good, verificationMaterial: {} }, malformed],
    ["nothing about the key", { mediaType: good.mediaType, dsseEnvelope: envelope }, malformed],
    ["no envelope", { mediaType: good.mediaType, verificationMaterial: good.verificationMaterial }, malformed],
    // In which bundle.
    [
      "version 0.1",
      { ...good, mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1" },
      "it is a bundle of type application/vnd.dev.sigstore.bundle+json;version=0.1; version 0.3 is needed",
    ],
    [
      "version 0.2",
      { ...good, mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.2" },
      "it is a bundle of type application/vnd.dev.sigstore.bundle+json;version=0.2; version 0.3 is needed",
    ],
    [
      "a version after this",
      { ...good, mediaType: "application/vnd.dev.sigstore.bundle.v0.4+json" },
      "it is a bundle of type application/vnd.dev.sigstore.bundle.v0.4+json; version 0.3 is needed",
    ],
    ["no media type", { ...good, mediaType: undefined }, malformed],
    ["another media type", { ...good, mediaType: "application/json" }, malformed],
    // In which bytes.
    ["no JSON", "-----BEGIN SIGNATURE-----", `${malformed}: it is not JSON`],
    [
      "a payload that stands twice",
      JSON.stringify(good).replace('"payload":', '"payload":"e30=","payload":'),
      `${malformed}: it has the member "payload" twice in one object`,
    ],
    [
      "a payload that is not in canonical base64",
      { ...good, dsseEnvelope: { ...envelope, payload: `${envelope.payload.replace(/=*$/, "")}\n` } },
      "its envelope is not in canonical base64, which readers decode differently",
    ],
    [
      "a statement with a member twice",
      bundleOf({ payload: JSON.stringify(statement).replace('"predicate":', '"predicate":{},"predicate":') }),
      "its payload is not an in-toto statement",
    ],
    ["half of a bundle", JSON.stringify(good).slice(0, 100), `${malformed}: it is not JSON`],
    ["a list", [good], malformed],
    ["null", "null", malformed],
    ["a number", "1", malformed],
    ["nothing", "", `${malformed}: it is not JSON`],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), `${malformed}: it is not UTF-8`],
    ["too many brackets", "[".repeat(200_000), `${malformed}: it is nested more than 64 deep`],
    ["the envelope alone", envelope, malformed],
  ])("%s", (_, bundle, why) => {
    expect(judge(bundle)).toMatchObject({ accepted: false, why });
  });

  test("a good signature of something else", () => {
    expect(judge(good, digestOf("another manifest"))).toMatchObject({
      accepted: false,
      why: "its statement is about another digest",
    });
  });

  test("what could not be read", () => {
    const content = unbelieved("EVIDENCE_GONE", "it is gone");
    const judgement = judgeSignature({ ...attached, content }, subject, builder.recognises);
    expect(judgement).toMatchObject({ accepted: false, code: "EVIDENCE_GONE", why: "it is gone" });
  });

  test("a reason is short, however much the bundle says", () => {
    const judgement = judge(bundleOf({ payloadType: "x".repeat(1_000_000) }));
    expect(judgement).toMatchObject({
      accepted: false,
      why: expect.stringMatching(/^its payload is of type "x{1,300}…$/),
    });
  });
});

test("no byte of a bundle can be changed so that it says something else and is accepted", () => {
  const bytes = Buffer.from(JSON.stringify(good));
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (position, mask) => {
      const changed = Buffer.from(bytes);
      changed[position] = (changed[position] ?? 0) ^ mask;
      const judgement = judge(changed);
      if (judgement.accepted) expect(judgement.statement).toEqual(statement);
    }),
    { numRuns: 1_500 },
  );
});

/** Base64 with one bit of the bytes in its middle changed. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString("base64");
}
