import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { parseChallenges } from "./challenge.ts";

const registry = new URL("https://registry.example.com");
const realm = "https://auth.example.com/token";

/** What was understood, with the realm as text. */
function read(...values: string[]): unknown[] {
  return parseChallenges(values, registry).map((challenge) =>
    challenge.scheme === "basic" ? "basic" : JSON.parse(JSON.stringify(challenge)),
  );
}

function bearer(rest: Record<string, string> = {}) {
  return { scheme: "bearer", realm, ...rest };
}

describe("WWW-Authenticate", () => {
  it.each<[string, string, unknown[]]>([
    ["nothing", "", []],
    ["Basic", 'Basic realm="x"', ["basic"]],
    ["Basic without a realm", "Basic", ["basic"]],
    ["Basic with a character set", 'Basic realm="x", charset="UTF-8"', ["basic"]],
    [
      "what distribution sends",
      `Bearer realm="${realm}",service="registry.example.com",scope="repository:a/b:pull,push"`,
      [bearer({ service: "registry.example.com", scope: "repository:a/b:pull,push" })],
    ],
    [
      "an error",
      `Bearer realm="${realm}",error="insufficient_scope",error_description="no"`,
      [bearer({ error: "insufficient_scope" })],
    ],
    ["other cases of letters", `bEARER REALM="${realm}",SerVice="S"`, [bearer({ service: "S" })]],
    ["blanks", `  Bearer   realm = "${realm}" ,\t service\t=  "S"  ,, `, [bearer({ service: "S" })]],
    ["values without quotes", `Bearer realm=${realm},service=S`, [bearer({ service: "S" })]],
    ["parameters without commas", `Bearer realm="${realm}" service="S"`, [bearer({ service: "S" })]],
    ["escaped quotes", `Bearer realm="${realm}",service="a \\"b\\", \\\\c"`, [bearer({ service: 'a "b", \\c' })]],
    ["an empty value", `Bearer realm="${realm}",service=""`, [bearer({ service: "" })]],
    ["a parameter that comes twice", `Bearer realm="${realm}",realm="https://evil.example"`, [bearer()]],
    ["several schemes in one value", `Basic realm="a, Bearer", Bearer realm="${realm}"`, ["basic", bearer()]],
    ["the other way round", `Bearer realm="${realm}", Basic realm="a"`, [bearer(), "basic"]],
    ["schemes that nobody knows", `Digest realm="a", nonce="Basic", Negotiate, Basic realm="b"`, ["basic"]],
    ["a token after a scheme", "Negotiate Basic==, NTLM TlRM/TVNT+UAA=", []],
    ["a token that looks like a scheme", "Negotiate Basic", []],
    ["a realm inside of another parameter", `Basic realm="Bearer realm=\\"${realm}\\""`, ["basic"]],
    ["no realm", 'Bearer service="S"', []],
    ["an empty realm", 'Bearer realm="",service="S"', []],
    ["parameters without a scheme", `realm="${realm}",service="S"`, []],
    ["a quote that never ends", `Basic realm="a", Bearer realm="${realm}`, ["basic"]],
    ["a quote that never ends behind a realm", `Bearer realm="${realm}",service="S, Basic realm=x`, []],
    ["a quote that ends in a backslash", `Bearer realm="${realm}\\`, []],
    ["an odd quote", `"Bearer", Bearer realm="${realm}"`, [bearer()]],
    ["punctuation", "=,=;,:/?@[]{}()<>", []],
    ["control characters", `\u0000\u0001Bearer\u0002 realm="${realm}"`, []],
    ["the names of every object's members", `Bearer realm="${realm}",__proto__="x",constructor=y`, [bearer()]],
  ])("is read with %s", (_, value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it("is read from several headers", () => {
    expect(read('Basic realm="a"', "", "Custom x=1", `Bearer realm="${realm}"`)).toEqual(["basic", bearer()]);
    expect(read()).toEqual([]);
  });

  it("is read up to 8 KiB in up to 16 headers", () => {
    const value = `Bearer realm="${realm}",scope="${"x".repeat(8000)}"`;
    expect(read(value)).toHaveLength(1);
    expect(read(value.padEnd(8192, " "))).toHaveLength(1);
    expect(read(value.padEnd(8193, " "))).toEqual([]);
    expect(read("a".repeat(10_000_000), "Basic")).toEqual(["basic"]);
    expect(read(...Array(1000).fill("Basic"))).toHaveLength(16);
  });

  it.each([
    ['a="'.repeat(2730)],
    ['"'.repeat(8192)],
    ["\\".repeat(8192)],
    [`Bearer realm="${"\\".repeat(8000)}`],
    [",".repeat(8192)],
    ["a ".repeat(4096)],
    ["a".repeat(8192)],
    [`${"a".repeat(8000)}=`],
    [`a${" ".repeat(8000)}b`],
    ["= ".repeat(4096)],
  ])("is read quickly: %.12j…", (value) => {
    const start = performance.now();
    read(value);
    expect(performance.now() - start).toBeLessThan(250);
  });

  it.each(["file:///etc/passwd", "http://auth.example.com/token", "https://u:p@auth.example.com/", "/token"])(
    "is refused with the realm %s, also beside Basic",
    async (bad) => {
      const values = ['Basic realm="a"', `Bearer realm="${bad}"`];
      await expectError("TOKEN_REALM_REFUSED", () => parseChallenges(values, registry));
    },
  );
});

describe("WWW-Authenticate of any kind", () => {
  const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 12 });
  const text = fc.string({ unit: fc.constantFrom(...'aB9 ,="\\\t:/é'), maxLength: 20 });
  const blank = fc.constantFrom("", " ", "\t", "  ");
  const anyCase = (word: string) =>
    fc
      .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
      .map((upper) => [...word].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(""));
  const quote = (value: string) => `"${value.replace(/["\\]/g, "\\$&")}"`;
  const parameter = (name: string, value: string) =>
    fc
      .tuple(anyCase(name), blank, blank)
      .map(([written, before, after]) => `${written}${before}=${after}${quote(value)}`);

  const known = fc.record({ service: text, scope: text, error: text }).chain((values) =>
    fc
      .tuple(
        anyCase("bearer"),
        parameter("realm", realm),
        ...Object.entries(values).map(([name, value]) => parameter(name, value)),
        parameter("unknown", 'Basic realm="x", Bearer'),
      )
      .chain(([scheme, ...parameters]) =>
        fc.shuffledSubarray(parameters, { minLength: 5 }).map((all) => `${scheme} ${all}`),
      )
      .map((written) => ({ written, means: [{ scheme: "bearer", realm, ...values }] })),
  );
  const basic = anyCase("basic").map((written) => ({ written, means: ["basic"] }));
  const unknown = fc
    .tuple(token, text)
    .filter(([scheme]) => !/^(basic|bearer)$/i.test(scheme))
    .map(([scheme, value]) => ({ written: `${scheme} x=${quote(value)}`, means: [] }));

  it("says what was written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(known, basic, unknown), { maxLength: 6 }),
        blank,
        fc.boolean(),
        (all, gap, apart) => {
          const written = all.map((challenge) => challenge.written);
          expect(read(...(apart ? written : [written.join(`${gap},${gap}`)]))).toEqual(
            all.flatMap<unknown>(({ means }) => means),
          );
        },
      ),
    );
  });

  it("never names a token server that must not be asked, and fails in no other way", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "Bearer ",
        "Basic ",
        "realm=",
        '"',
        "\\",
        ",",
        " ",
        "=",
        "https://",
        "http://",
        "file:///",
        "@",
        "%00",
      ),
      fc.constantFrom(
        "service=",
        "scope=",
        "a.example",
        "127.0.0.1",
        "[::1]",
        "user:password",
        "\n",
        "\u0000",
        "é",
        "#",
        "?",
      ),
      fc.string({ maxLength: 5 }),
    );
    const header = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.array(header, { maxLength: 3 }), (values) => {
        try {
          for (const challenge of parseChallenges(values, registry)) {
            if (challenge.scheme === "bearer") expect(challenge.realm.href).toMatch(/^https:\/\/[^/@]+\//);
          }
        } catch (error) {
          if (!(error instanceof SlipwayError)) throw error;
          expect(error.code).toBe("TOKEN_REALM_REFUSED");
        }
      }),
      { numRuns: 500 },
    );
  });
});
