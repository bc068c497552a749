import { type Extension, GeneralName, id_ce_subjectAltName, SubjectAlternativeName } from "@peculiar/asn1-x509";
import { X509Certificate } from "@sigstore/core";
import { Utf8String } from "asn1js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { der, extension } from "../../../test/support/sigstore/certificate.ts";
import { certificateAuthority } from "../../../test/support/sigstore/certificate-authority.ts";
import { identityFingerprint, identityIn } from "./certified-identity.ts";

const authority = certificateAuthority(new Date());
const issuer = "https://issuer.test";
const uri = "https://ci.test/acme/release.yml@refs/heads/main";
const oid = (last: number) => `1.3.6.1.4.1.57264.1.${last}`;
const utf8 = (value: string) => Buffer.from(new Utf8String({ value }).toBER());

type Facts = Parameters<typeof authority.issue>[0];

function identify(more: Partial<Facts> = {}) {
  const { certificate } = authority.issue({ subject: { uri }, issuer, ...more });
  return identityIn(X509Certificate.parse(Buffer.from(certificate)));
}

/** Puts extensions in place of those with the same identifiers; without a value, removes them. */
function withExtensions(values: Readonly<Record<string, Buffer | undefined>>) {
  return (usual: readonly Extension[]): readonly Extension[] => [
    ...usual.filter(({ extnID }) => !(extnID in values)),
    ...Object.entries(values).flatMap(([id, value]) => (value === undefined ? [] : [extension(id, value)])),
  ];
}

const names = (...list: GeneralName[]) =>
  withExtensions({ [id_ce_subjectAltName]: der(new SubjectAlternativeName(list)) });
const named = (name: Partial<GeneralName>) => new GeneralName(name);

describe("a certificate", () => {
  it("names an issuer, a subject, and what else is known of the run", () => {
    const claims = {
      9: `${uri}x`,
      11: "github-hosted",
      12: "https://ci.test/acme",
      13: "c0ffee",
      14: "refs/heads/main",
      20: "push",
      21: "https://ci.test/runs/1",
      23: "production",
    };
    expect(identify({ claims })).toEqual({
      kind: "identity",
      fingerprint: identityFingerprint(issuer, uri),
      issuer,
      subject: uri,
      claims: {
        workflow: `${uri}x`,
        runner: "github-hosted",
        repository: "https://ci.test/acme",
        commit: "c0ffee",
        ref: "refs/heads/main",
        trigger: "push",
        run: "https://ci.test/runs/1",
        environment: "production",
      },
    });
  });

  it("names an e-mail address", () => {
    expect(identify({ subject: { email: "lena@example.com" } })?.subject).toBe("lena@example.com");
  });

  it.each<[string, Partial<Facts>, string | undefined]>([
    ["the new form alone", { altered: withExtensions({ [oid(1)]: undefined }) }, issuer],
    ["the old form alone", { altered: withExtensions({ [oid(8)]: undefined }) }, issuer],
    ["neither", { altered: withExtensions({ [oid(1)]: undefined, [oid(8)]: undefined }) }, undefined],
    ["two that differ", { altered: withExtensions({ [oid(1)]: Buffer.from("https://other.test") }) }, undefined],
    ["a bare text in the new form", { altered: withExtensions({ [oid(8)]: Buffer.from(issuer) }) }, undefined],
    [
      "another type in the new form",
      { altered: withExtensions({ [oid(8)]: Buffer.of(0x16, 1, 0x61), [oid(1)]: undefined }) },
      undefined,
    ],
    [
      "bytes behind the string",
      { altered: withExtensions({ [oid(8)]: Buffer.concat([utf8(issuer), Buffer.of(0)]) }) },
      undefined,
    ],
    [
      "bytes that are no UTF-8",
      { altered: withExtensions({ [oid(8)]: Buffer.of(0x0c, 1, 0xff), [oid(1)]: undefined }) },
      undefined,
    ],
    ["an empty one", { issuer: "" }, undefined],
  ])("issuer in %s", (_, more, expected) => {
    expect(identify(more)?.issuer).toBe(expected);
  });

  it.each<[string, Partial<Facts>]>([
    ["no name", { altered: withExtensions({ [id_ce_subjectAltName]: undefined }) }],
    ["an empty list", { altered: names() }],
    ["a host", { altered: names(named({ dNSName: "ci.test" })) }],
    [
      "an address of the internet",
      { altered: withExtensions({ [id_ce_subjectAltName]: Buffer.from("30068704c0000201", "hex") }) },
    ],
    [
      "two workflows",
      { altered: names(named({ uniformResourceIdentifier: uri }), named({ uniformResourceIdentifier: `${uri}x` })) },
    ],
    [
      "a workflow and an address",
      { altered: names(named({ rfc822Name: "lena@example.com" }), named({ uniformResourceIdentifier: uri })) },
    ],
    [
      "a workflow and a host",
      { altered: names(named({ uniformResourceIdentifier: uri }), named({ dNSName: "ci.test" })) },
    ],
    ["an empty workflow", { altered: names(named({ uniformResourceIdentifier: "" })) }],
    ["a list that is none", { altered: withExtensions({ [id_ce_subjectAltName]: Buffer.of(0x05, 0) }) }],
    ["bytes that are no DER", { altered: withExtensions({ [id_ce_subjectAltName]: Buffer.of(0x30, 0x7f, 1) }) }],
    // "°" is C2 B0, which is "B0" to whoever clears the highest bit.
    [
      "letters beyond ASCII",
      { altered: withExtensions({ [id_ce_subjectAltName]: sanOf(Buffer.from("°b@example.com")) }) },
    ],
    [
      "a NUL",
      { altered: withExtensions({ [id_ce_subjectAltName]: sanOf(Buffer.from("lena@example.com\0.evil.test")) }) },
    ],
    ["a space", { altered: withExtensions({ [id_ce_subjectAltName]: sanOf(Buffer.from("lena @example.com")) }) }],
  ])("with %s names nobody", (_, more) => {
    expect(identify(more)).toBeUndefined();
  });

  it("leaves out claims that are not well-formed", () => {
    const altered = withExtensions({ [oid(20)]: Buffer.from("push"), [oid(14)]: utf8("refs/heads/main") });
    expect(identify({ altered })?.claims).toEqual({ ref: "refs/heads/main" });
  });
});

/** A list with one e-mail address of these bytes. */
function sanOf(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x30, bytes.length + 2, 0x81, bytes.length), bytes]);
}

test("hostile extensions are never an error", () => {
  const { certificate } = authority.issue({ subject: { uri }, issuer });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 40 }),
      fc.uint8Array({ minLength: 0, maxLength: 40 }),
      (name, who) => {
        const altered = withExtensions({ [id_ce_subjectAltName]: Buffer.from(name), [oid(8)]: Buffer.from(who) });
        expect(() => identify({ altered })).not.toThrow();
      },
    ),
    { numRuns: 60 },
  );
  expect(identityIn(X509Certificate.parse(Buffer.from(certificate)))?.subject).toBe(uri);
});

test("two identities have one fingerprint only when they are the same", () => {
  expect(identityFingerprint("a", "bc")).not.toBe(identityFingerprint("ab", "c"));
  expect(identityFingerprint(issuer, uri)).toMatch(/^[0-9a-f]{64}$/);
});
