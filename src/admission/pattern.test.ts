import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identityMatch, patternExpression } from "./pattern.ts";

const accepts = (pattern: string, text: string) => new RegExp(patternExpression(pattern)).test(text);

/** What a pattern means, character by character. */
function means([first, ...pattern]: readonly string[], text: readonly string[]): boolean {
  if (first === undefined) return text.length === 0;
  if (first !== "*") return text[0] === first && means(pattern, text.slice(1));
  return (
    means(pattern, text) || (text[0] !== undefined && text[0] !== "/" && means([first, ...pattern], text.slice(1)))
  );
}

/** Few characters, so that texts often match, with all that mean something in an expression. */
const characters = (more: string) =>
  fc.string({ unit: fc.constantFrom(..."ab/.:@|()[]{}^$+?\\-\n", ...more), maxLength: 12 });

describe("the expression of a pattern", () => {
  it("accepts exactly what the pattern means", () => {
    fc.assert(
      fc.property(characters("***"), characters(""), (pattern, text) => {
        expect(accepts(pattern, text)).toBe(means([...pattern], [...text]));
      }),
      { numRuns: 2000 },
    );
  });

  it("accepts every text made from the pattern, and none with something before or behind it", () => {
    const run = characters("").map((text) => text.replaceAll("/", ""));
    fc.assert(
      fc.property(characters("***"), fc.infiniteStream(run), fc.string({ minLength: 1 }), (pattern, runs, more) => {
        const text = pattern.replaceAll("*", () => runs.next().value ?? "");
        expect(accepts(pattern, text)).toBe(true);
        if (pattern.includes("*")) return;
        expect(accepts(pattern, more + text)).toBe(false);
        expect(accepts(pattern, text + more)).toBe(false);
      }),
    );
  });

  const workflow = "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*";

  it.each([
    ["https://github.com/acme/seg/.github/workflows/release.yml@refs/tags/v1.2.3", true],
    ["evilhttps://github.com/acme/seg/.github/workflows/release.yml@refs/tags/v1", false],
    ["https://evil.example/?https://github.com/acme/seg/.github/workflows/release.yml@refs/tags/v1", false],
    ["https://github.com/acme/seg/.github/workflows/release.yml@refs/tags/v1/x", false],
    ["https://github.com/acme/seg/.github/workflows/release.yml@refs/tags/v1\nx/y", false],
    ["https://github.com/acme/a/b/.github/workflows/release.yml@refs/tags/v1", false],
    ["https://githubXcom/acme/seg/.github/workflows/release.yml@refs/tags/v1", false],
    ["https://github.com/acme/seg/.github/workflows/release.yml@refs/heads/v1", false],
    ["", false],
  ])("of a workflow: %j is %s", (text, expected) => {
    expect(accepts(workflow, text)).toBe(expected);
  });
});

describe("what an engine is told", () => {
  const issuer = "https://token.actions.githubusercontent.com";

  it("is the text itself, where it means itself everywhere", () => {
    expect(identityMatch({ issuer, subject: "ci@example.com" })).toEqual({ issuer, subject: "ci@example.com" });
  });

  it.each(["ci?@example.com", "{{ request.object }}", "$(./metadata)", "a b", "*"])(
    "is an expression for %j, which an engine might take for something else",
    (subject) => {
      const match = identityMatch({ issuer, subject });
      expect(match).toEqual({ issuer, subjectRegExp: patternExpression(subject) });
      expect(match.subjectRegExp).not.toMatch(/\{\{|\$\(|(?<!\\)\?/);
    },
  );
});
