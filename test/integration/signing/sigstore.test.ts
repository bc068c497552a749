import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { VerificationError } from "@sigstore/verify";
import { describe, expect, it } from "vitest";
import {
  assembledBundle,
  type BundleParts,
  signedBytes,
  verifyBundle,
} from "../../support/sigstore/assembled-bundle.ts";
import { makeSigstore, type Sigstore, type TrustedRootOptions } from "../../support/sigstore/index.ts";

const at = new Date("2026-11-21T12:00:00Z");
const minutes = (count: number) => new Date(at.getTime() + count * 60_000);
const envelope = {
  payload: Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}'),
  payloadType: "application/vnd.in-toto+json",
};
const signed = signedBytes(envelope);
const subject = { uri: "https://ci.test/builds/7" };
const issuer = "https://issuer.test";
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** The parts of a bundle, beside its envelope. */
type Parts = Omit<BundleParts, keyof typeof envelope>;

interface Asked {
  readonly log?: number;
  readonly root?: TrustedRootOptions;
}

function verify(sigstore: Sigstore, parts: Parts, { log = 0, root = {} }: Asked = {}) {
  return verifyBundle(assembledBundle({ ...envelope, ...parts }), sigstore.trustedRoot(root), log, publicKey);
}

/** A bundle by a certificate of the authority, with every part there is. */
function certified(sigstore: Sigstore, when = at) {
  const { key, certificate } = sigstore.fulcio.issue({ subject, issuer, claims: { 12: "https://git.test/model" } });
  if (key === undefined) throw new Error("no key");
  const signature = sign("sha256", signed, key);
  const digest = createHash("sha256").update(signed).digest();
  return {
    certificate,
    signature,
    stamp: sigstore.timestamps.stamp(signature, when),
    entry: sigstore.log.record({ digest, signature, verifier: { certificate } }),
  };
}

describe("a Sigstore in this process makes what is accepted", () => {
  it("by a key and a stamp", () => {
    const sigstore = makeSigstore(at);
    const signature = sign("sha256", signed, privateKey);
    const stamp = sigstore.timestamps.stamp(signature, minutes(100));
    const signer = verify(sigstore, { signature, stamp });
    expect(signer.key.equals(publicKey)).toBe(true);
  });

  it("by a certificate and a stamp", () => {
    const sigstore = makeSigstore(at);
    const { entry: _, ...parts } = certified(sigstore, minutes(4));
    const { identity } = verify(sigstore, parts, { root: { without: ["log"] } });
    expect(identity).toMatchObject({ subjectAlternativeName: subject.uri, extensions: { issuer } });
  });

  it("by a certificate, a log and a stamp, whatever else the log has", () => {
    const sigstore = makeSigstore(at);
    for (let size = 1; size <= 9; size += 1) {
      verify(sigstore, certified(sigstore), { log: 1 });
      expect(sigstore.log.size).toBe(size);
    }
  });

  it.each(["P-256", "rsa"] as const)("by a certificate for an address, with a key of type %s", (kind) => {
    const sigstore = makeSigstore(at);
    const issued = sigstore.fulcio.issue({ subject: { email: "a@b.test" }, issuer, kind });
    if (issued.key === undefined) throw new Error("no key");
    const signature = sign("sha256", signed, issued.key);
    const parts = { certificate: issued.certificate, signature };
    const stamp = sigstore.timestamps.stamp(signature, at);
    expect(verify(sigstore, { ...parts, stamp }).identity?.subjectAlternativeName).toBe("a@b.test");
  });

  it("for a key that is given, or on the curve P-384", () => {
    const { fulcio } = makeSigstore(at);
    const given = fulcio.issue({ subject, issuer, publicKey });
    expect(given.key).toBeUndefined();
    expect(given.chain).toEqual(fulcio.chain);
    const made = fulcio.issue({ subject, issuer, kind: "P-384" }).key;
    expect(made && createPublicKey(made).asymmetricKeyDetails?.namedCurve).toBe("secp384r1");
  });
});

describe("a Sigstore in this process makes what is refused", () => {
  const other = makeSigstore(at);
  const forger = generateKeyPairSync("ec", { namedCurve: "P-256" });

  const wrongs: Readonly<Record<string, readonly [RegExp, (sigstore: Sigstore) => Parts, Asked?]>> = {
    "a stamp of another authority": [
      /timestamp could not be verified/,
      (sigstore) => ({ ...certified(sigstore), stamp: certified(other).stamp }),
    ],
    "a stamp of another signature": [
      /timestamp could not be verified/,
      (sigstore) => ({ ...certified(sigstore), stamp: certified(sigstore).stamp }),
    ],
    "a stamp with another imprint": [
      /timestamp could not be verified/,
      (sigstore) => {
        const parts = certified(sigstore);
        return { ...parts, stamp: sigstore.timestamps.stamp(parts.signature, at, { digest: Buffer.alloc(32) }) };
      },
    ],
    "a stamp signed by a forger": [
      /timestamp could not be verified/,
      (sigstore) => {
        const parts = certified(sigstore);
        return { ...parts, stamp: sigstore.timestamps.stamp(parts.signature, at, { key: forger.privateKey }) };
      },
    ],
    "a stamp from when the certificate was over": [
      /certificate is not valid|verify certificate chain/,
      (sigstore) => certified(sigstore, minutes(6)),
    ],
    "no stamp": [
      /expected 1 timestamps/,
      (sigstore) => {
        const { stamp: _, ...parts } = certified(sigstore);
        return parts;
      },
    ],
    "a certificate of another authority": [
      /verify certificate chain/,
      (sigstore) => ({ ...certified(sigstore), certificate: certified(other).certificate }),
    ],
    "a certificate in the authority's name by another key": [
      /verify certificate chain/,
      (sigstore) => {
        const { certificate } = sigstore.fulcio.issue({ subject, issuer, ca: other.fulcio });
        return { ...certified(sigstore), certificate };
      },
    ],
    "a certificate for another key": [
      /signature/,
      (sigstore) => {
        const { entry: _, ...parts } = certified(sigstore);
        return { ...parts, certificate: sigstore.fulcio.issue({ subject, issuer }).certificate };
      },
      { log: 0 },
    ],
    "an entry of another log": [
      /checkpoint/,
      (sigstore) => ({ ...certified(sigstore), entry: certified(other).entry }),
      { log: 1 },
    ],
    "an entry about another signature": [
      /signature mismatch/,
      (sigstore) => ({ ...certified(sigstore), entry: certified(sigstore).entry }),
      { log: 1 },
    ],
    "an entry whose checkpoint is a forger's": [
      /invalid checkpoint signature/,
      (sigstore) => {
        const parts = certified(sigstore);
        const digest = createHash("sha256").update(signed).digest();
        const { signature, certificate } = parts;
        return {
          ...parts,
          entry: sigstore.log.record({ digest, signature, verifier: { certificate } }, forger.privateKey),
        };
      },
      { log: 1 },
    ],
    "an entry with another index": [
      /hash|root/,
      (sigstore) => {
        certified(sigstore);
        const parts = certified(sigstore);
        const { inclusionProof } = parts.entry;
        if (inclusionProof === undefined) throw new Error("no proof");
        return { ...parts, entry: { ...parts.entry, inclusionProof: { ...inclusionProof, logIndex: "0" } } };
      },
      { log: 1 },
    ],
    "an authority that was not trusted yet": [
      /timestamp could not be verified/,
      (sigstore) => certified(sigstore),
      { root: { periods: { timestamps: { start: minutes(1) } } } },
    ],
    "an authority that is trusted no more": [
      /verify certificate chain/,
      (sigstore) => certified(sigstore),
      { root: { periods: { fulcio: { start: minutes(-9), end: minutes(-1) } } } },
    ],
    "an authority that nobody named": [
      /verify certificate chain/,
      (sigstore) => certified(sigstore),
      { root: { without: ["fulcio"] } },
    ],
  };

  it.each(Object.entries(wrongs))("%s", (_, [message, make, asked]) => {
    const sigstore = makeSigstore(at);
    const whole = () => verify(sigstore, make(sigstore), asked);
    expect(whole).toThrow(VerificationError);
    expect(whole).toThrow(message);
  });
});
