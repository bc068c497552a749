import { flipped, signatureType, signedBundle, statement, testResultType } from "./envelope.ts";
import { keys, type Place } from "./place.ts";
import { type Row, row } from "./row.ts";

/** What a test result says when it is well-formed. */
const passed = { result: "PASSED", configuration: [{ name: "evaluation" }] };

const good = (place: Place) => signedBundle(statement(place.release));
const stating = (changes: (place: Place) => object) => (place: Place) =>
  place.attach(signedBundle(statement(place.release, changes(place))));
const enveloped = (change: (envelope: ReturnType<typeof good>["dsseEnvelope"]) => object) => (place: Place) => {
  const bundle = good(place);
  return place.attach({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, ...change(bundle.dsseEnvelope) } });
};
const digestOf = (place: Place) => place.release.digest.slice("sha256:".length);
const many = (count: number, place: Place) => [
  ...Array.from({ length: count - 1 }, (_, index) => ({ digest: { sha256: index.toString(16).padStart(64, "0") } })),
  { digest: { sha256: digestOf(place) } },
];

/** Who signed, and what the envelope says of it. */
export const envelopeRows: readonly Row[] = [
  row("a good signature by a key", "accepted", (place) => place.attach(good(place))),
  row("an untrusted key", "KEY_UNTRUSTED", (place) =>
    place.attach(signedBundle(statement(place.release), { by: keys.stranger })),
  ),
  row("an untrusted key that calls itself the trusted one", "PAYLOAD_ALTERED", (place) =>
    place.attach(signedBundle(statement(place.release), { by: keys.stranger, named: keys.builder })),
  ),
  row("a key on P-384", "KEY_UNTRUSTED", (place) =>
    place.attach(signedBundle(statement(place.release), { by: keys.large })),
  ),
  row(
    "a tampered payload",
    "PAYLOAD_ALTERED",
    enveloped(({ payload }) => ({ payload: flipped(payload) })),
  ),
  row(
    "a tampered signature",
    "PAYLOAD_ALTERED",
    enveloped(({ signatures: [one] }) => ({ signatures: [{ sig: flipped(one?.sig ?? "") }] })),
  ),
  row(
    "a payload type that was exchanged afterwards",
    "PAYLOAD_TYPE",
    enveloped(() => ({ payloadType: "text/plain" })),
  ),
  row("a payload of another type, signed as such", "PAYLOAD_TYPE", (place) =>
    place.attach(signedBundle(statement(place.release), { type: "application/json" })),
  ),
  row(
    "a key id",
    "KEY_ID_PRESENT",
    enveloped(({ signatures: [one] }) => ({ signatures: [{ ...one, keyid: "builder" }] })),
  ),
  row(
    "a key id that is a number",
    "KEY_ID_PRESENT",
    enveloped(({ signatures: [one] }) => ({ signatures: [{ ...one, keyid: 0 }] })),
  ),
  row(
    "two signatures",
    "SIGNATURE_COUNT",
    enveloped(({ signatures }) => ({ signatures: [...signatures, ...signatures] })),
  ),
  row(
    "no signature",
    "SIGNATURE_COUNT",
    enveloped(() => ({ signatures: [] })),
  ),
];

/** What was signed. */
export const statementRows: readonly Row[] = [
  row("a statement about another release", "SUBJECT_MISMATCH", (place) =>
    place.attach(signedBundle(statement(place.other))),
  ),
  row(
    "a statement about this digest in capitals",
    "SUBJECT_MISMATCH",
    stating((place) => ({ subject: [{ digest: { sha256: digestOf(place).toUpperCase() } }] })),
  ),
  row(
    "a statement about this digest of another algorithm",
    "SUBJECT_MISMATCH",
    stating((place) => ({ subject: [{ digest: { sha512: digestOf(place) } }] })),
  ),
  row("a statement with the digest in its prototype", "SUBJECT_MISMATCH", (place) => {
    const text = JSON.stringify(statement(place.release)).replace(
      /"digest":(\{[^}]+\})/,
      '"digest":{"__proto__":$1,"sha1":"00"}',
    );
    return place.attach(signedBundle(text));
  }),
  row(
    "a statement about 1024 subjects, this the last",
    "accepted",
    stating((place) => ({ subject: many(1024, place) })),
  ),
  row(
    "a statement about 1025 subjects",
    "STATEMENT_MALFORMED",
    stating((place) => ({ subject: many(1025, place) })),
  ),
  row(
    "a statement about nothing",
    "STATEMENT_MALFORMED",
    stating(() => ({ subject: [] })),
  ),
  row(
    "a statement of another version",
    "STATEMENT_MALFORMED",
    stating(() => ({ _type: "https://in-toto.io/Statement/v2" })),
  ),
  row("a statement with a member twice", "STATEMENT_MALFORMED", (place) =>
    place.attach(
      signedBundle(JSON.stringify(statement(place.release)).replace('"predicate":', '"predicate":{},"predicate":')),
    ),
  ),
  row("a statement with a word behind it", "STATEMENT_MALFORMED", (place) =>
    place.attach(signedBundle(`${JSON.stringify(statement(place.release))} x`)),
  ),
  row("a statement behind a byte order mark", "STATEMENT_MALFORMED", (place) =>
    place.attach(signedBundle(`\ufeff${JSON.stringify(statement(place.release))}`)),
  ),
  row("words", "STATEMENT_MALFORMED", (place) => place.attach(signedBundle("it is good"))),
  row("a payload of a million brackets", "STATEMENT_MALFORMED", (place) =>
    place.attach(signedBundle("[".repeat(1_000_000))),
  ),
  row("a payload of a million values", "STATEMENT_MALFORMED", (place) =>
    place.attach(signedBundle(`[${"0,".repeat(1_000_000)}0]`)),
  ),
  row(
    "evidence in place of a signature",
    "NOT_A_SIGNATURE",
    stating(() => ({ predicateType: testResultType, predicate: passed })),
  ),
  row("evidence of which the manifest says that it is a signature", "NOT_A_SIGNATURE", (place) =>
    place.attach(signedBundle(statement(place.release, { predicateType: testResultType, predicate: passed })), {
      annotations: { "dev.sigstore.bundle.predicateType": signatureType },
    }),
  ),
  row(
    "a signature with a predicate",
    "PREDICATE_MALFORMED",
    stating(() => ({ predicate: { result: "PASSED" } })),
  ),
];
