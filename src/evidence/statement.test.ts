import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../oci/index.ts";
import { encodeSignatureStatement, encodeStatement, isAbout, parseStatement, type Statement } from "./statement.ts";

const subject = digestOf("the manifest");
const hex = subject.slice("sha256:".length);
const statement: Statement = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ digest: { sha256: hex } }],
  predicateType: "https://in-toto.io/attestation/test-result/v0.1",
  predicate: { result: "PASSED" },
};
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

test("the statement of a signature is the one that cosign 3 makes, byte for byte", () => {
  expect(Buffer.from(encodeSignatureStatement(subject)).toString("utf8")).toBe(
    `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"${hex}"}}],` +
      `"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}`,
  );
});

test("a statement about several subjects is about each of them, in the order given", () => {
  const subjects = [subject, digestOf("the image"), digestOf("the archive")] as const;
  const read = parseStatement(encodeStatement(subjects, "urn:slipway:forms:v1", {}));
  expect(read?.subject.map(({ digest }) => `sha256:${digest["sha256"]}`)).toEqual(subjects);
  for (const one of subjects) expect(read !== undefined && isAbout(read, one)).toBe(true);
});

describe("parseStatement", () => {
  test.each<[string, unknown]>([
    ["as it is written", statement],
    ["with a subject's name", { ...statement, subject: [{ name: "retina", digest: { sha256: hex } }] }],
    [
      "with annotations of a subject, as cosign sign -a writes",
      { ...statement, subject: [{ digest: { sha256: hex }, annotations: { a: "b" } }] },
    ],
    [
      "with several digests of a subject",
      { ...statement, subject: [{ digest: { sha256: hex, sha512: "0".repeat(128) } }] },
    ],
    ["with an empty predicate", { ...statement, predicate: {} }],
    ["with members that the specification adds later", { ...statement, later: 1 }],
    [
      "with 1024 subjects",
      { ...statement, subject: Array.from({ length: 1024 }, () => ({ digest: { sha256: hex } })) },
    ],
  ])("reads one %s", (_, value) => {
    expect(parseStatement(bytesOf(value))).toMatchObject({
      _type: statement._type,
      predicateType: statement.predicateType,
    });
  });

  const { _type, subject: _subject, predicateType, predicate, ...nothing } = statement;
  test.each<[string, unknown]>([
    ["a version after this", { ...statement, _type: "https://in-toto.io/Statement/v1.1" }],
    ["no type", { subject: _subject, predicateType, predicate }],
    ["no subject", { _type, predicateType, predicate }],
    ["an empty list of subjects", { ...statement, subject: [] }],
    ["1025 subjects", { ...statement, subject: Array.from({ length: 1025 }, () => ({ digest: { sha256: hex } })) }],
    ["a subject without a digest", { ...statement, subject: [{ name: "retina" }] }],
    ["a digest that is no text", { ...statement, subject: [{ digest: { sha256: 1 } }] }],
    ["no predicate type", { _type, subject: _subject, predicate }],
    ["an empty predicate type", { ...statement, predicateType: "" }],
    ["no predicate, as a cosign with a fault wrote", { _type, subject: _subject, predicateType }],
    ["a predicate that is a list", { ...statement, predicate: [] }],
    ["a predicate that is null", { ...statement, predicate: null }],
    ["a list", [statement]],
    ["null", null],
    ["a text", "statement"],
    ["nothing at all", nothing],
  ])("refuses %s", (_, value) => {
    expect(parseStatement(bytesOf(value))).toBeUndefined();
  });

  test.each<[string, Uint8Array]>([
    ["no bytes", Buffer.alloc(0)],
    ["half of one", bytesOf(statement).subarray(0, 40)],
    ["two of them", Buffer.concat([bytesOf(statement), bytesOf(statement)])],
    ["bytes that are not UTF-8", Buffer.concat([bytesOf(statement).subarray(0, -2), Buffer.from([0xff, 0x7d, 0x7d])])],
    ["too many brackets", Buffer.from("[".repeat(200_000))],
  ])("refuses %s", (_, bytes) => {
    expect(parseStatement(bytes)).toBeUndefined();
  });

  test("never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((json) => Buffer.from(json)),
        ),
        (bytes) => {
          expect(parseStatement(bytes)).toBeUndefined();
        },
      ),
    );
  });
});

describe("isAbout", () => {
  const about = (...digests: Record<string, string>[]) =>
    isAbout({ ...statement, subject: digests.map((digest) => ({ digest })) }, subject);

  test.each<[boolean, string, Record<string, string>[]]>([
    [true, "the only subject", [{ sha256: hex }]],
    [true, "the second subject", [{ sha256: "0".repeat(64) }, { sha256: hex }]],
    [true, "one of several digests of a subject", [{ sha512: "0".repeat(128), sha256: hex }]],
    [false, "another digest", [{ sha256: "0".repeat(64) }]],
    [false, "the digest in capitals", [{ sha256: hex.toUpperCase() }]],
    [false, "the digest with its algorithm", [{ sha256: subject }]],
    [false, "the digest under another algorithm", [{ sha512: hex }, { SHA256: hex }]],
    [false, "the beginning of the digest", [{ sha256: hex.slice(0, 63) }]],
    [false, "no digest", [{}]],
  ])("%s for %s", (expected, _, digests) => {
    expect(about(...digests)).toBe(expected);
  });
});
