import { sign } from "node:crypto";
import type { Descriptor } from "../../../src/oci/index.ts";
import { legacyType } from "../../../src/signing/legacy/format.ts";
import { encodeSimpleSigning } from "../../../src/signing/legacy/simple-signing.ts";
import { signatureType, signedBundle, statement, testResultType } from "./envelope.ts";
import { keys, type Place } from "./place.ts";
import { type Row, row } from "./row.ts";

/** What a test result says when it is well-formed. */
const passed = { result: "PASSED", configuration: [{ name: "evaluation" }] };

const signatureOf = (bytes: Uint8Array) => sign("sha256", bytes, keys.builder.privateKey).toString("base64");
const annotated = (signature: string) => ({ "dev.cosignproject.cosign/signature": signature });
const payloadOf = (of: Descriptor) => Buffer.from(encodeSimpleSigning(of.digest, "registry.test/group/model"));

const signed =
  (
    bytesOf: (place: Place) => Buffer,
    more: Readonly<Record<string, string>> = {},
    type: string = legacyType.signature,
  ) =>
  (place: Place) => {
    const bytes = bytesOf(place);
    return place.attachLegacy("sig", { type, bytes, annotations: { ...annotated(signatureOf(bytes)), ...more } });
  };
const own = (place: Place) => payloadOf(place.release);

const attested =
  (change: (place: Place) => object, annotations: Readonly<Record<string, string>> = {}) =>
  (place: Place) =>
    place.attachLegacy("att", {
      type: legacyType.attestation,
      bytes: Buffer.from(JSON.stringify(change(place))),
      annotations: { ...annotated(""), ...annotations },
    });
const envelope = (place: Place) => signedBundle(statement(place.release)).dsseEnvelope;

/** cosign's older storage. */
export const legacyRows: readonly Row[] = [
  row("a good signature", "accepted", signed(own)),
  row(
    "a payload about another release, under this one's tag",
    "SUBJECT_MISMATCH",
    signed((place) => payloadOf(place.other)),
  ),
  row("a payload about this release, under another one's tag", "SIGNATURE_MISSING", (place) =>
    place.attachLegacy(
      "sig",
      { type: legacyType.signature, bytes: own(place), annotations: annotated(signatureOf(own(place))) },
      place.other,
    ),
  ),
  row("a tampered payload", "KEY_UNTRUSTED", (place) =>
    place.attachLegacy("sig", {
      type: legacyType.signature,
      bytes: own(place),
      annotations: annotated(signatureOf(payloadOf(place.other))),
    }),
  ),
  row(
    "this digest in capitals",
    "STATEMENT_MALFORMED",
    signed((place) =>
      Buffer.from(
        own(place)
          .toString()
          .replace(/sha256:([0-9a-f]{64})/, (_, hex: string) => `sha256:${hex.toUpperCase()}`),
      ),
    ),
  ),
  row(
    "a payload of another kind",
    "STATEMENT_MALFORMED",
    signed((place) => Buffer.from(own(place).toString().replace("cosign container image", "atomic container"))),
  ),
  row(
    "a payload with a word behind it",
    "STATEMENT_MALFORMED",
    signed((place) => Buffer.concat([own(place), Buffer.from(" x")])),
  ),
  row("no signature", "LEGACY_MALFORMED", (place) =>
    place.attachLegacy("sig", { type: legacyType.signature, bytes: own(place), annotations: {} }),
  ),
  row("a signature with a line break", "LEGACY_MALFORMED", signed(own, annotated("AAAA\n"))),
  row("a layer of another type", "LEGACY_MALFORMED", signed(own, {}, "text/plain")),
  row(
    "a certificate that is none",
    "CERTIFICATE_MALFORMED",
    signed(own, { "dev.sigstore.cosign/certificate": "-----BEGIN CERTIFICATE-----" }),
  ),
  row("a log entry that is none", "LEGACY_MALFORMED", signed(own, { "dev.sigstore.cosign/bundle": "{}" })),
  row("a timestamp that is none", "LEGACY_MALFORMED", signed(own, { "dev.sigstore.cosign/rfc3161timestamp": "[]" })),
  row("a signature's statement as an attestation", "accepted", attested(envelope)),
  row(
    "evidence that calls itself a signature",
    "NOT_A_SIGNATURE",
    attested(
      (place) =>
        signedBundle(statement(place.release, { predicateType: testResultType, predicate: passed })).dsseEnvelope,
      {
        predicateType: signatureType,
      },
    ),
  ),
  row(
    "an attestation about another release",
    "SUBJECT_MISMATCH",
    attested((place) => signedBundle(statement(place.other)).dsseEnvelope),
  ),
  row(
    "an attestation with two signatures",
    "SIGNATURE_COUNT",
    attested((place) => {
      const { signatures, ...rest } = envelope(place);
      return { ...rest, signatures: [...signatures, ...signatures] };
    }),
  ),
  row(
    "an attestation with a key id",
    "KEY_ID_PRESENT",
    attested((place) => {
      const { signatures, ...rest } = envelope(place);
      return { ...rest, signatures: signatures.map((one) => ({ ...one, keyid: "builder" })) };
    }),
  ),
  row(
    "an attestation of another payload type",
    "PAYLOAD_TYPE",
    attested((place) => ({ ...envelope(place), payloadType: "text/plain" })),
  ),
  row(
    "an attestation by a stranger",
    "KEY_UNTRUSTED",
    attested((place) => signedBundle(statement(place.release), { by: keys.stranger }).dsseEnvelope),
  ),
];
