import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evidenceTag, parseTag, variantTag } from "./tags.ts";

// distribution-spec 1.1, "Pulling manifests": <reference> as a tag.
const legal = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

const identifier = fc
  .string({ unit: fc.constantFrom(..."abzAZ019-"), minLength: 1, maxLength: 5 })
  .filter((text) => !/^0\d+$/.test(text));
const arbitraryVersion = fc
  .tuple(fc.nat(999), fc.nat(999), fc.nat(999), fc.array(identifier, { maxLength: 3 }))
  .map(
    ([major, minor, patch, parts]) => `${major}.${minor}.${patch}${parts.length === 0 ? "" : `-${parts.join(".")}`}`,
  );
const arbitraryVariantName = fc.string({ unit: fc.constantFrom(..."abz019"), minLength: 1, maxLength: 32 });
const checkName = fc
  .array(fc.string({ unit: fc.constantFrom(..."abz019"), minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("-"));
const fittingRun = fc
  .array(fc.string({ unit: fc.constantFrom(..."abzAZ019"), minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join("-"));
const evidenceRun = fc.record({
  version: arbitraryVersion,
  variant: arbitraryVariantName,
  check: checkName,
  run: fc.oneof(fittingRun, fc.string(), fc.string({ minLength: 60, maxLength: 200 }), fc.uuid()),
  attempt: fc.integer({ min: 1, max: 999_999 }),
});

describe("variant tags", () => {
  it("are version and variant", () => {
    expect(variantTag("2.4.1", "jetson")).toBe("2.4.1-jetson");
    expect(variantTag("2.5.0-rc.1", "dgx")).toBe("2.5.0-rc.1-dgx");
  });

  it.each([
    ["v2.4.1", "jetson", '"v2.4.1" is not a version that a tag can be made from'],
    ["2.4.1+cu12", "jetson", '"2.4.1+cu12" is not a version that a tag can be made from'],
    ["2.4.1", "jetson-orin", '"jetson-orin" is not the name of a variant'],
    ["2.4.1", "", '"" is not the name of a variant'],
    ["2.4.1", "a".repeat(33), `"${"a".repeat(33)}" is not the name of a variant`],
  ])("are refused for %j and %j", (version, variant, message) => {
    expect(() => variantTag(version, variant)).toThrow(expect.objectContaining({ code: "TAG_INVALID", message }));
  });

  it("are legal and read back", () => {
    fc.assert(
      fc.property(arbitraryVersion, arbitraryVariantName, (version, variant) => {
        const tag = variantTag(version, variant);
        expect(tag).toMatch(legal);
        expect(parseTag(tag)).toEqual({ kind: "variant", version, variant });
      }),
    );
  });
});

describe("evidence tags", () => {
  const run = { version: "2.4.1", variant: "jetson", check: "smoke-test", run: "9876543210", attempt: 2 };

  it("name check, run and attempt", () => {
    expect(evidenceTag(run)).toBe("2.4.1-jetson_smoke-test.9876543210.2");
  });

  it.each([
    ["release/main #7", "2.4.1-jetson_smoke-test.release-main-7--c9ce285c026c4926.2"],
    ["", "2.4.1-jetson_smoke-test.--e3b0c44298fc1c14.2"],
    ["日本", "2.4.1-jetson_smoke-test.--cf2abf0c5be326cb.2"],
    ["a--b", "2.4.1-jetson_smoke-test.a-b--90827a2e56361a8f.2"],
    ["-a", "2.4.1-jetson_smoke-test.a--c274891790345c56.2"],
  ])("of the run %j have a hash in place of what a tag cannot hold", (name, tag) => {
    expect(evidenceTag({ ...run, run: name })).toBe(tag);
  });

  it("keep a run that fits to the last character, and shorten the next longer one", () => {
    const longest = {
      version: `1.0.0-a.${"B".repeat(32)}`,
      variant: "v".repeat(32),
      check: "c".repeat(24),
      attempt: 999_999,
    };
    const fits = evidenceTag({ ...longest, run: "r".repeat(22) });
    expect(fits).toHaveLength(128);
    expect(parseTag(fits)).toMatchObject({ run: "r".repeat(22) });
    const shortened = evidenceTag({ ...longest, run: "r".repeat(23) });
    expect(shortened).toHaveLength(128);
    expect(parseTag(shortened)).toMatchObject({ run: expect.stringMatching(/^rrrr--[0-9a-f]{16}$/) });
  });

  it.each([
    [{ check: "Smoke" }, '"Smoke" is not the name of a check'],
    [{ check: "a_b" }, '"a_b" is not the name of a check'],
    [{ check: "c".repeat(25) }, `"${"c".repeat(25)}" is not the name of a check`],
    [{ attempt: 0 }, "attempt 0 is not a whole number from 1 to 999999"],
    [{ attempt: 1.5 }, "attempt 1.5 is not a whole number from 1 to 999999"],
    [{ attempt: 1_000_000 }, "attempt 1000000 is not a whole number from 1 to 999999"],
    [{ variant: "x_y" }, '"x_y" is not the name of a variant'],
  ])("are refused for %j", (change, message) => {
    expect(() => evidenceTag({ ...run, ...change })).toThrow(expect.objectContaining({ code: "TAG_INVALID", message }));
  });

  it("are legal and read back, whatever the run is called", () => {
    fc.assert(
      fc.property(evidenceRun, (evidence) => {
        const tag = evidenceTag(evidence);
        expect(tag).toMatch(legal);
        const { run: _, ...rest } = evidence;
        expect(parseTag(tag)).toMatchObject({ kind: "evidence", ...rest });
      }),
    );
  });

  it("hold a run that fits as it is", () => {
    fc.assert(
      fc.property(evidenceRun, fittingRun, (evidence, name) => {
        expect(parseTag(evidenceTag({ ...evidence, run: name }))).toEqual({ kind: "evidence", ...evidence, run: name });
      }),
    );
  });

  it("differ for different runs, also for one named like another's shortened name", () => {
    const confusable = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "A", "-", "_", ".", " "), maxLength: 5 }),
      fc.string({ unit: fc.constantFrom("a", "-"), minLength: 90, maxLength: 100 }),
    );
    fc.assert(
      fc.property(confusable, confusable, (one, other) => {
        const tag = evidenceTag({ ...run, run: one });
        if (one !== other) expect(evidenceTag({ ...run, run: other })).not.toBe(tag);
        const shortened = parseTag(tag);
        if (shortened.kind === "evidence" && shortened.run !== one) {
          expect(evidenceTag({ ...run, run: shortened.run })).not.toBe(tag);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("tags", () => {
  it.each([
    ["2.4.1", { kind: "release", version: "2.4.1" }],
    ["2.5.0-rc.1", { kind: "release", version: "2.5.0-rc.1" }],
    ["2.5.0-RC1", { kind: "release", version: "2.5.0-RC1" }],
    ["2.5.0-jetson.sbom", { kind: "release", version: "2.5.0-jetson.sbom" }],
    ["2.4.1-jetson", { kind: "variant", version: "2.4.1", variant: "jetson" }],
    ["2.5.0-rc-2.1-jetson", { kind: "variant", version: "2.5.0-rc-2.1", variant: "jetson" }],
    ["2.5.0-rc1", { kind: "variant", version: "2.5.0", variant: "rc1" }],
    ["2.4.1-jetson_image", { kind: "form", version: "2.4.1", variant: "jetson", form: "image" }],
    ["2.4.1-jetson_archive", { kind: "form", version: "2.4.1", variant: "jetson", form: "archive" }],
    ["2.4.1-jetson_production", { kind: "state", version: "2.4.1", variant: "jetson", state: "production" }],
    ["2.4.1-jetson_revoked", { kind: "state", version: "2.4.1", variant: "jetson", state: "revoked" }],
    [
      "2.4.1-jetson_image.7.1",
      { kind: "evidence", version: "2.4.1", variant: "jetson", check: "image", run: "7", attempt: 1 },
    ],
  ])("%s reads as what it is", (tag, parsed) => {
    expect(parseTag(tag)).toEqual(parsed);
  });

  it.each([
    "",
    "latest",
    "latest-jetson",
    "cv3",
    "cv3-jetson",
    "v2.4.1",
    "2.4",
    "2.4.1_image",
    "2.4.1-jetson_",
    "2.4.1-jetson_Image",
    "2.4.1-jetson_scan.7",
    "2.4.1-jetson_scan.7.0",
    "2.4.1-jetson_scan.7.01",
    "2.4.1-jetson_scan.a.b.1",
    "2.4.1-jetson_scan_x.7.1",
    `2.4.1-jetson_scan.${"7".repeat(128)}.1`,
    `sha256-${"0".repeat(64)}`,
    `sha256-${"0".repeat(64)}.sig`,
  ])("%j is none of ours", (tag) => {
    expect(parseTag(tag)).toEqual({ kind: "other" });
  });

  it("of any text are read without failing, and never as more than the text says", () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."12.0-_ascn"), maxLength: 30 }));
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseTag(text);
        if (parsed.kind === "variant") expect(variantTag(parsed.version, parsed.variant)).toBe(text);
        if (parsed.kind === "release") expect(parsed.version).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("are one tag for one meaning", () => {
    const version = fc.constantFrom("1.0.0", "1.0.0-a.1", "1.0.0-a.1-b.1", "1.0.0-0-a.0");
    const variant = fc.constantFrom("a", "b", "1", "image");
    const tags = fc.oneof(
      version.map((release) => ({ tag: release, meaning: { release } })),
      fc.tuple(version, variant).map(([v, name]) => ({ tag: variantTag(v, name), meaning: { v, name } })),
      fc.tuple(version, variant, fc.constantFrom("image", "archive", "staging")).map(([v, name, suffix]) => ({
        tag: `${variantTag(v, name)}_${suffix}`,
        meaning: { v, name, suffix },
      })),
      fc
        .record({
          version,
          variant,
          check: fc.constantFrom("a", "a-b", "image"),
          run: fc.constantFrom("1", "1-1", "1.1", "1_1", "a"),
          attempt: fc.constantFrom(1, 11),
        })
        .map((evidence) => ({ tag: evidenceTag(evidence), meaning: evidence })),
    );
    fc.assert(
      fc.property(tags, tags, (one, other) => {
        expect(one.tag === other.tag).toBe(JSON.stringify(one.meaning) === JSON.stringify(other.meaning));
      }),
      { numRuns: 3000 },
    );
  });
});
