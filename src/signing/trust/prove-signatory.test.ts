import { createHash, sign } from "node:crypto";
import { id_ce_keyUsage, id_kp_codeSigning, id_kp_serverAuth, KeyUsageFlags } from "@peculiar/asn1-x509";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { describe, expect, it } from "vitest";
import { assembledBundle, signedBytes } from "../../../test/support/sigstore/assembled-bundle.ts";
import { spki } from "../../../test/support/sigstore/certificate.ts";
import { keyUsage, newKey } from "../../../test/support/sigstore/certificate-authority.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { issuer, type Minting, mintBundle, workflow } from "../../../test/support/sigstore/minted-bundle.ts";
import { startRekorV1 } from "../../../test/support/sigstore/rekor-v1.ts";
import { encodeSignatureStatement } from "../../evidence/index.ts";
import { digestOf } from "../../oci/index.ts";
import { openSigningService, recordSignature } from "../keyless/index.ts";
import { readBundle } from "../read-bundle.ts";
import { proveSignatory } from "./prove-signatory.ts";
import type { SignerTrust } from "./signer-trust.ts";

const at = new Date("2026-05-01T12:00:00Z");
const sigstore = makeSigstore(at);
const other = makeSigstore(at);
const minutes = (count: number) => new Date(at.getTime() + count * 60_000);
const payload = encodeSignatureStatement(digestOf("a release"));
const trust: SignerTrust = {
  keys: [],
  identities: [{ issuer, subject: workflow, claims: {} }],
  root: TrustedRoot.fromJSON(sigstore.trustedRoot()),
};
const rootWithout = (...without: ("log" | "timestamps" | "fulcio")[]): SignerTrust => ({
  ...trust,
  root: TrustedRoot.fromJSON(sigstore.trustedRoot({ without })),
});

function prove(minting: Partial<Minting> = {}, by: SignerTrust = trust) {
  const content = readBundle(mintBundle(sigstore, { payload, at, ...minting }).bytes);
  return "code" in content ? content : proveSignatory(content, by);
}

const code = (minting?: Partial<Minting>, by?: SignerTrust) => {
  const proof = prove(minting, by);
  return "code" in proof ? proof.code : "proven";
};

describe("a signature with a certificate", () => {
  it("is proven to be of whom the certificate names, and from before its stamp", () => {
    expect(prove()).toMatchObject({
      signatory: { kind: "identity", issuer, subject: workflow },
      time: { at, by: "timestamp authority" },
    });
  });

  it("needs no log where none is trusted", () => {
    expect(code({ entry: false }, rootWithout("log"))).toBe("proven");
    expect(code({ entry: other }, rootWithout("log"))).toBe("proven");
  });

  const good = mintBundle(sigstore, { payload, at });
  const another = mintBundle(sigstore, { payload: encodeSignatureStatement(digestOf("another")), at });
  const { privateKey, publicKey } = newKey("P-256");
  const usage = (flags: KeyUsageFlags): NonNullable<Minting["leaf"]> => ({
    altered: (usual) => [...usual.filter(({ extnID }) => extnID !== id_ce_keyUsage), keyUsage(flags)],
  });

  it.each<[string, string, Partial<Minting>, SignerTrust?]>([
    ["without a trusted root", "CERTIFICATES_UNTRUSTED", {}, { ...trust, root: undefined }],
    ["of another authority", "CERTIFICATE_FOREIGN", { leaf: { ca: other.fulcio } }],
    ["without the authority in the root", "CERTIFICATE_FOREIGN", {}, rootWithout("fulcio")],
    ["for a key on P-384", "CERTIFICATE_KEY", { leaf: { kind: "P-384" } }],
    ["for an RSA key", "CERTIFICATE_KEY", { leaf: { kind: "rsa" } }],
    ["for servers", "CERTIFICATE_PURPOSE", { leaf: { eku: [id_kp_serverAuth] } }],
    ["for anything", "CERTIFICATE_PURPOSE", { leaf: { eku: ["2.5.29.37.0"] } }],
    ["for signing code, and also for servers", "proven", { leaf: { eku: [id_kp_codeSigning, id_kp_serverAuth] } }],
    ["that may sign certificates", "CERTIFICATE_PURPOSE", { leaf: { isCa: true } }],
    ["for agreeing on keys alone", "CERTIFICATE_PURPOSE", { leaf: usage(KeyUsageFlags.keyAgreement) }],
    ["that has ended before", "CERTIFICATE_EXPIRED", { leaf: { notBefore: minutes(-20), notAfter: minutes(-1) } }],
    ["that begins later", "CERTIFICATE_NOT_YET_VALID", { leaf: { notBefore: minutes(1), notAfter: minutes(9) } }],
    ["without a stamp", "TIME_UNPROVEN", { stamp: false }],
    ["with a stamp of another authority", "TIMESTAMP_INVALID", { stamp: other }],
    ["with a stamp of another signature", "TIMESTAMP_INVALID", { stamp: another.stamp ?? false }],
    ["with a stamp that is none", "TIMESTAMP_INVALID", { stamp: Buffer.from("no stamp") }],
    [
      "with a stamp by another key",
      "TIMESTAMP_INVALID",
      { stamp: sigstore.timestamps.stamp(good.signature, at, { key: privateKey }) },
    ],
    ["without authorities of times in the root", "TIMESTAMP_INVALID", {}, rootWithout("timestamps")],
    ["without a log entry", "LOG_PROOF_MISSING", { entry: false }],
    ["with an entry of another log", "LOG_PROOF_INVALID", { entry: other }],
    ["with an entry of another signature", "LOG_PROOF_INVALID", { entry: another.entry ?? false }],
    ["by somebody else", "IDENTITY_UNTRUSTED", { leaf: { subject: { uri: `${workflow}2` } } }],
    ["by somebody of another issuer", "IDENTITY_UNTRUSTED", { leaf: { issuer: `${issuer}.evil.test` } }],
    ["by somebody by that address", "IDENTITY_UNTRUSTED", { leaf: { subject: { email: "lena@example.com" } } }],
    [
      "that names nobody",
      "CERTIFICATE_MALFORMED",
      { leaf: { altered: (usual) => usual.filter(({ extnID }) => !extnID.startsWith("1.3.6.1.4.1.57264")) } },
    ],
    ["of nobody whom a pattern means", "IDENTITY_UNTRUSTED", {}, { ...trust, identities: [] }],
  ])("%s: %s", (_, expected, minting, by) => {
    expect(code(minting, by)).toBe(expected);
  });

  /** The same bundle with other proof. */
  const altered = (change: (bundle: ReturnType<typeof parts>) => void) => {
    const bundle = parts();
    change(bundle);
    const content = readBundle(Buffer.from(JSON.stringify(bundle)));
    const proof = "code" in content ? content : proveSignatory(content, trust);
    return "code" in proof ? proof.code : "proven";
  };
  const parts = () => JSON.parse(good.bytes.toString());

  it("is refused when an entry of a stranger's log lies beside a good one", () => {
    const { tlogEntries } = JSON.parse(
      mintBundle(sigstore, { payload, at, entry: other }).bytes.toString(),
    ).verificationMaterial;
    expect(altered(({ verificationMaterial }) => verificationMaterial.tlogEntries.push(...tlogEntries))).toBe(
      "LOG_PROOF_INVALID",
    );
  });

  it("is refused when its entry names another verifier of the same signature", () => {
    const digest = createHash("sha256").update(good.signed).digest();
    const { signature } = good;
    const certificate = sigstore.fulcio.issue({ subject: { uri: workflow }, issuer, at, publicKey }).certificate;
    for (const verifier of [{ publicKey: spki(publicKey) }, { certificate }]) {
      const content = readBundle(
        Buffer.from(
          JSON.stringify({
            ...good.bundle,
            verificationMaterial: materialWith(sigstore.log.record({ digest, signature, verifier })),
          }),
        ),
      );
      const proof = "code" in content ? content : proveSignatory(content, trust);
      expect(proof).toMatchObject({
        code: "LOG_PROOF_INVALID",
        why: "its log entry is about a signature by another certificate",
      });
    }
  });

  function materialWith(entry: NonNullable<typeof good.entry>) {
    const minted: { verificationMaterial: object } = JSON.parse(
      mintBundle(sigstore, { payload, at, entry }).bytes.toString(),
    );
    const { verificationMaterial } = parts();
    return {
      ...verificationMaterial,
      ...minted.verificationMaterial,
      certificate: verificationMaterial.certificate,
      timestampVerificationData: verificationMaterial.timestampVerificationData,
    };
  }

  it("is refused when what was signed was altered", () => {
    expect(
      altered(({ dsseEnvelope }) => {
        dsseEnvelope.payload = Buffer.from(encodeSignatureStatement(digestOf("another"))).toString("base64");
      }),
    ).toBe("LOG_PROOF_INVALID");
    const unlogged = readBundle(
      Buffer.from(
        JSON.stringify({
          ...parts(),
          dsseEnvelope: { ...parts().dsseEnvelope, payload: Buffer.from("{}").toString("base64") },
        }),
      ),
    );
    if ("code" in unlogged) throw new Error(unlogged.why);
    expect(proveSignatory(unlogged, rootWithout("log"))).toMatchObject({ code: "PAYLOAD_ALTERED" });
  });

  it.each([
    ["that cannot be read", Buffer.from("no certificate")],
    ["with bytes behind it", Buffer.concat([good.certificate, Buffer.of(0)])],
    ["that is cut", good.certificate.subarray(0, 200)],
  ])("with a certificate %s is refused", (_, certificate) => {
    expect(
      altered(({ verificationMaterial }) => {
        verificationMaterial.certificate.rawBytes = certificate.toString("base64");
      }),
    ).toBe("CERTIFICATE_MALFORMED");
  });

  it("is refused when its time says something without a promise", () => {
    expect(
      altered(({ verificationMaterial }) => {
        verificationMaterial.tlogEntries[0].integratedTime = "1";
        verificationMaterial.timestampVerificationData = undefined;
      }),
    ).toBe("TIME_UNPROVEN");
  });
});

describe("a log of Rekor 1", () => {
  const now = new Date();
  const current = makeSigstore(now);
  const { privateKey, publicKey } = newKey("P-256");
  const [own, twin] = [workflow, workflow].map(
    (uri) => current.fulcio.issue({ subject: { uri }, issuer, at: now, publicKey }).certificate,
  );
  const payloadType = "application/vnd.in-toto+json";

  /** A signature that a log recorded with one certificate and that is shown with another one. */
  async function proveLogged(recorded: Buffer | undefined, shown: Buffer | undefined) {
    if (recorded === undefined || shown === undefined) throw new Error("no certificates");
    await using rekor = await startRekorV1();
    const service = await openSigningService({ signal: new AbortController().signal });
    const envelope = { payload: Buffer.from(payload), payloadType };
    const signature = sign("sha256", signedBytes(envelope), privateKey);
    const content = { signed: envelope, signature, verifier: { certificate: recorded } };
    const entry = await recordSignature({ rekor: rekor.url, version: 1, content, service });
    const bundle = assembledBundle({ ...envelope, signature, certificate: shown, entry });
    const read = readBundle(Buffer.from(JSON.stringify(bundle)));
    if ("code" in read) throw new Error(read.why);
    const root = TrustedRoot.fromJSON({ ...current.trustedRoot(), tlogs: [rekor.trusted] });
    return proveSignatory(read, { ...trust, root });
  }

  it("vouches for the signature and for its time, without a stamp", async () => {
    expect(await proveLogged(own, own)).toMatchObject({
      signatory: { subject: workflow },
      time: { by: "transparency log" },
    });
  });

  it("vouches for no other certificate, although key and name are the same", async () => {
    expect(await proveLogged(own, twin)).toMatchObject({
      code: "LOG_PROOF_INVALID",
      why: "its log entry is about a signature by another certificate",
    });
  });
});
