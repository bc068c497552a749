import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { identityFingerprint } from "./certified-identity.ts";
import { type IdentityPattern, isMeant, matches } from "./identity-pattern.ts";

describe("a pattern", () => {
  it.each<[string, string, boolean]>([
    ["a", "a", true],
    ["a", "A", false],
    ["a", "aa", false],
    ["a", "xa", false],
    ["a*", "a", true],
    ["a*", "abc", true],
    ["a*", "ab/c", false],
    ["*a", "xa", true],
    ["*a", "x/a", false],
    ["a*b", "ab", true],
    ["a*b", "aXbXb", true],
    ["a*b", "aXbX", false],
    ["a*b", "a/b", false],
    // The ends may not overlap.
    ["ab*ba", "aba", false],
    ["ab*ba", "abba", true],
    ["a**b", "axb", true],
    ["*/*", "a/b", true],
    ["*/*", "a/b/c", false],
    ["https://github.com/acme/*@refs/heads/main", "https://github.com/acme/x@refs/heads/main", true],
    ["https://github.com/acme/*@refs/heads/main", "https://github.com/acme/x/y@refs/heads/main", false],
    ["https://github.com/acme/*", "https://github.com/acme/x.evil", true],
    ["https://github.com/acme", "https://github.com/acme-evil", false],
    // Nothing else in it has a meaning.
    ["a.c", "abc", false],
    ["a?", "a", false],
    ["[ab]", "a", false],
    ["^a$", "a", false],
    ["", "", true],
    ["*", "", true],
  ])("%j on %j: %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  const letters = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "."), maxLength: 9 });
  const texts = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 9 });

  /** Written the other way: what a regular expression of the same meaning says. */
  function anchored(pattern: string): RegExp {
    return new RegExp(
      `^${pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === "*" ? "[^/]*" : `\\${sign}`))}$`,
    );
  }

  test("means what the regular expression means that is anchored at both ends", () => {
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        expect(matches(pattern, text)).toBe(anchored(pattern).test(text));
      }),
      { numRuns: 20_000 },
    );
  });

  const fill = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 3 });

  test("means whatever fills its stars, unless that has a slash", () => {
    fc.assert(
      fc.property(letters, fc.array(fill, { minLength: 9, maxLength: 9 }), (pattern, fills) => {
        expect(matches(pattern, filled(pattern, fills))).toBe(true);
      }),
    );
    // A star alone between slashes: one more slash is one too many, wherever it is.
    fc.assert(
      fc.property(fill, fill, fill, (before, after, last) => {
        expect(matches(`a/*/${last}`, `a/${before}/${after}/${last}`)).toBe(false);
      }),
    );
  });

  test("takes no long time, whatever it is", () => {
    const started = performance.now();
    expect(matches(`${"*a".repeat(5_000)}b`, "a".repeat(50_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

function filled(pattern: string, fills: readonly string[]): string {
  const [first = "", ...parts] = pattern.split("*");
  return parts.reduce((text, part, index) => `${text}${fills[index] ?? ""}${part}`, first);
}

describe("an identity", () => {
  const issuer = "https://issuer.test";
  const subject = "https://ci.test/acme/release.yml@refs/heads/main";
  const identity = {
    kind: "identity" as const,
    fingerprint: identityFingerprint(issuer, subject),
    issuer,
    subject,
    claims: { repository: "https://ci.test/acme", environment: "production" },
  };
  const pattern = (more: Partial<IdentityPattern>) => ({ issuer, subject, claims: {}, ...more });

  it.each<[string, Partial<IdentityPattern>, boolean]>([
    ["named in full", {}, true],
    ["named with a star", { subject: "https://ci.test/acme/*@refs/heads/main" }, true],
    ["of another branch", { subject: "https://ci.test/acme/release.yml@refs/heads/mai" }, false],
    ["with an issuer that would match as a pattern", { issuer: "https://issuer.*" }, false],
    ["with an issuer that goes on", { issuer: "https://issuer.test/" }, false],
    ["with a claim that it has", { claims: { environment: "production" } }, true],
    ["with a claim that it has otherwise", { claims: { environment: "prod" } }, false],
    ["with a claim that it lacks", { claims: { trigger: "push" } }, false],
    ["with a claim that it lacks, and a pattern that nothing matches, too", { claims: { trigger: "*" } }, false],
    ["with all of several claims", { claims: { environment: "production", repository: "https://ci.test/*" } }, true],
    ["with one of several claims", { claims: { environment: "production", repository: "https://ci.test" } }, false],
  ])("%s", (_, more, expected) => {
    expect(isMeant(pattern(more), identity)).toBe(expected);
  });
});
