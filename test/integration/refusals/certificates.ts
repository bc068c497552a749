import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GeneralName, id_ce_subjectAltName, id_kp_serverAuth, SubjectAlternativeName } from "@peculiar/asn1-x509";
import { encodeSignatureStatement } from "../../../src/evidence/index.ts";
import { der, extension } from "../../support/sigstore/certificate.ts";
import { makeSigstore, type TrustedRootOptions } from "../../support/sigstore/index.ts";
import { issuer, type Minting, mintBundle, workflow } from "../../support/sigstore/minted-bundle.ts";
import { flipped } from "./envelope.ts";
import type { Place } from "./place.ts";
import type { Row } from "./row.ts";

const at = new Date("2026-01-02T03:00:00Z");
const minutes = (count: number) => new Date(at.getTime() + count * 60_000);
const sigstore = makeSigstore(at);
const stranger = makeSigstore(at);

/** Who is trusted, besides the usual. */
interface Trusting {
  readonly root?: TrustedRootOptions;
  readonly identity?: string;
  readonly issuer?: string;
}

function minted(what: string, code: string, minting: Partial<Minting>, trusting: Trusting = {}): Row {
  return {
    what,
    code,
    async make(place) {
      const payload = encodeSignatureStatement(place.release.digest);
      await place.attach(mintBundle(sigstore, { payload, at, ...minting }).bytes);
      return trusted(place, trusting);
    },
  };
}

async function trusted(place: Place, { root, identity = workflow, issuer: by = issuer }: Trusting = {}) {
  await writeFile(join(place.directory, "root.json"), JSON.stringify(sigstore.trustedRoot(root)));
  return { key: "", "trusted-root": "root.json", "certificate-identity": identity, "certificate-issuer": by };
}

/** A good bundle with parts of one about the other release. */
function mixed(
  what: string,
  code: string,
  parts: "stamp" | "entry" | "certificate" | "payload" | "signature",
  root?: TrustedRootOptions,
): Row {
  return {
    what,
    code,
    async make(place) {
      const [own, other] = [place.release, place.other].map(({ digest }) =>
        JSON.parse(mintBundle(sigstore, { payload: encodeSignatureStatement(digest), at }).bytes.toString()),
      );
      const [material, foreign] = [own.verificationMaterial, other.verificationMaterial];
      if (parts === "stamp") material.timestampVerificationData = foreign.timestampVerificationData;
      if (parts === "entry") material.tlogEntries = foreign.tlogEntries;
      if (parts === "certificate") material.certificate = foreign.certificate;
      if (parts === "payload") own.dsseEnvelope.payload = other.dsseEnvelope.payload;
      if (parts === "signature") own.dsseEnvelope.signatures[0].sig = flipped(own.dsseEnvelope.signatures[0].sig);
      await place.attach(own);
      return trusted(place, root && { root });
    },
  };
}

const named = (...names: ConstructorParameters<typeof GeneralName>[0][]): Partial<Minting> => ({
  leaf: {
    altered: (usual) => [
      ...usual.filter(({ extnID }) => extnID !== id_ce_subjectAltName),
      extension(id_ce_subjectAltName, der(new SubjectAlternativeName(names.map((name) => new GeneralName(name))))),
    ],
  },
});
const unlogged = { root: { without: ["log"] } } as const;

export const certificateRows: readonly Row[] = [
  minted("a good signature with a certificate", "accepted", {}),
  minted(
    "a good one by a pattern",
    "accepted",
    {},
    { identity: "https://github.com/acme/models/.github/workflows/*@refs/heads/main" },
  ),
  minted("another workflow", "IDENTITY_UNTRUSTED", { leaf: { subject: { uri: `${workflow}-2` } } }),
  minted("a workflow that a pattern without an anchor would match", "IDENTITY_UNTRUSTED", {
    leaf: { subject: { uri: `https://evil.test/?${workflow}` } },
  }),
  minted(
    "a workflow that begins as the pattern does",
    "IDENTITY_UNTRUSTED",
    {},
    { identity: "https://github.com/acme/models/" },
  ),
  minted(
    "a star that would have to reach over a slash",
    "IDENTITY_UNTRUSTED",
    {},
    { identity: "https://github.com/acme/*@refs/heads/main" },
  ),
  minted("a dot that would be any sign", "IDENTITY_UNTRUSTED", {
    leaf: { subject: { uri: workflow.replace("github.com", "github-com") } },
  }),
  minted("an issuer that goes on", "IDENTITY_UNTRUSTED", { leaf: { issuer: `${issuer}.evil.test` } }),
  minted("an issuer that a pattern would match", "IDENTITY_UNTRUSTED", {}, { issuer: "https://token.actions.*" }),
  minted("a name of another kind", "IDENTITY_UNTRUSTED", { leaf: { subject: { email: "lena@example.com" } } }),
  minted("a host's name", "CERTIFICATE_MALFORMED", named({ dNSName: workflow })),
  minted(
    "two names",
    "CERTIFICATE_MALFORMED",
    named({ uniformResourceIdentifier: workflow }, { rfc822Name: "lena@example.com" }),
  ),
  minted("two issuers", "CERTIFICATE_MALFORMED", {
    leaf: {
      altered: (usual) =>
        usual.map((one) =>
          one.extnID.endsWith("57264.1.1") ? extension(one.extnID, Buffer.from("https://evil.test")) : one,
        ),
    },
  }),
  minted("a certificate that is no certificate", "CERTIFICATE_MALFORMED", {
    leaf: { altered: (usual) => usual.filter(({ extnID }) => !extnID.startsWith("1.3.6")) },
  }),
  minted("a key on P-384", "CERTIFICATE_KEY", { leaf: { kind: "P-384" } }),
  minted("an RSA key", "CERTIFICATE_KEY", { leaf: { kind: "rsa" } }),
  minted("a certificate for servers", "CERTIFICATE_PURPOSE", { leaf: { eku: [id_kp_serverAuth] } }),
  minted("a certificate of an authority", "CERTIFICATE_PURPOSE", { leaf: { isCa: true } }),
  minted("a certificate by a stranger in the authority's name", "CERTIFICATE_FOREIGN", {
    leaf: { ca: stranger.fulcio },
  }),
  minted(
    "an authority that was trusted until before",
    "CERTIFICATE_FOREIGN",
    {},
    { root: { periods: { fulcio: { start: minutes(-90), end: minutes(-60) } } } },
  ),
  minted("an expired certificate", "CERTIFICATE_EXPIRED", {
    leaf: { notBefore: minutes(-30), notAfter: minutes(-20) },
  }),
  minted("a certificate that is not yet valid", "CERTIFICATE_NOT_YET_VALID", {
    leaf: { notBefore: minutes(20), notAfter: minutes(30) },
  }),
  minted("no timestamp", "TIME_UNPROVEN", { stamp: false }),
  minted("no timestamp and no log", "TIME_UNPROVEN", { stamp: false, entry: false }, unlogged),
  minted("a timestamp by a stranger", "TIMESTAMP_INVALID", { stamp: stranger }),
  minted("no log proof", "LOG_PROOF_MISSING", { entry: false }),
  minted("a log proof by a stranger", "LOG_PROOF_INVALID", { entry: stranger }),
  minted("a log proof that nobody asks for", "accepted", { entry: stranger }, unlogged),
  mixed("the timestamp of another signature", "TIMESTAMP_INVALID", "stamp"),
  mixed("the log entry of another signature", "LOG_PROOF_INVALID", "entry"),
  mixed("the certificate of another signature", "PAYLOAD_ALTERED", "certificate"),
  mixed("the certificate of another signature, without a log", "PAYLOAD_ALTERED", "certificate", unlogged.root),
  mixed("the payload of another signature, without a log", "PAYLOAD_ALTERED", "payload", unlogged.root),
  mixed("a tampered signature", "TIMESTAMP_INVALID", "signature"),
  {
    what: "a certificate where only keys are trusted",
    code: "CERTIFICATES_UNTRUSTED",
    async make(place) {
      await place.attach(mintBundle(sigstore, { payload: encodeSignatureStatement(place.release.digest), at }).bytes);
      return undefined;
    },
  },
  {
    what: "a certificate about another release",
    code: "SUBJECT_MISMATCH",
    async make(place) {
      await place.attach(mintBundle(sigstore, { payload: encodeSignatureStatement(place.other.digest), at }).bytes);
      return trusted(place);
    },
  },
  {
    what: "a trusted root without whom it is to vouch for",
    code: "TRUST_INCOMPLETE",
    async make(place) {
      return { ...(await trusted(place)), "certificate-identity": "" };
    },
  },
  {
    what: "a trusted root that was cut",
    code: "TRUSTED_ROOT_INVALID",
    async make(place) {
      const texts = await trusted(place);
      await place.edit("root.json", (text) => text.slice(0, -40));
      return texts;
    },
  },
];
