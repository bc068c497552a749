import { describe, expect, it } from "vitest";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import type { FoundManifest, Role } from "./closure.ts";
import { belongsTo, derivedTag, planTags } from "./plan-tags.ts";

const named = (name: string): Digest => digestOf(name);

function found(name: string, role: Role, ownTag?: string): [Digest, FoundManifest] {
  const digest = named(name);
  const descriptor = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 1 };
  return [digest, { descriptor, bytes: new Uint8Array(), role, blobs: [], children: [], subject: undefined, ownTag }];
}

interface Row {
  readonly what: string;
  readonly role: Role;
  readonly claims?: string;
  /** What the source says that tags point at. */
  readonly source?: Record<string, "it" | "another">;
  readonly gets: string | "derived";
}

const rows: readonly Row[] = [
  { what: "evidence that claims its tag", role: "referrer", claims: "1.0.0-gpu_scan.1.1", gets: "1.0.0-gpu_scan.1.1" },
  {
    what: "evidence that has what it claims",
    role: "referrer",
    claims: "1.0.0-gpu_scan.1.1",
    source: { "1.0.0-gpu_scan.1.1": "it", "1.0.0-gpu_a": "it" },
    gets: "1.0.0-gpu_scan.1.1",
  },
  {
    what: "evidence that claims another's tag",
    role: "referrer",
    claims: "1.0.0-gpu_scan.1.1",
    source: { "1.0.0-gpu_scan.1.1": "another" },
    gets: "derived",
  },
  { what: "evidence that claims a release's tag", role: "referrer", claims: "1.0.0-cpu", gets: "derived" },
  { what: "evidence that claims its subject's tag", role: "referrer", claims: "1.0.0-gpu", gets: "derived" },
  { what: "evidence that claims another release's", role: "referrer", claims: "2.0.0-gpu_scan.1.1", gets: "derived" },
  { what: "evidence that claims no tag at all", role: "referrer", claims: "1.0.0_a b", gets: "derived" },
  {
    what: "evidence with a tag of this release",
    role: "referrer",
    source: { "1.0.0_x.1.1": "it" },
    gets: "1.0.0_x.1.1",
  },
  {
    what: "evidence with several tags",
    role: "referrer",
    source: { "1.0.0_longer": "it", "1.0.0_b": "it", "1.0.0_a": "it", latest: "it" },
    gets: "1.0.0_a",
  },
  { what: "evidence that others tagged", role: "referrer", source: { latest: "it" }, gets: "derived" },
  { what: "a child with its release's tag", role: "child", claims: "1.0.0-gpu", gets: "1.0.0-gpu" },
  {
    what: "a child with a state",
    role: "child",
    source: { "1.0.0-gpu_production": "it", "1.0.0-gpu": "it" },
    gets: "1.0.0-gpu",
  },
  { what: "a child that claims another release", role: "child", claims: "2.0.0-gpu", gets: "derived" },
];

it.each(rows)("$what gets $gets", ({ role, claims, source = {}, gets }) => {
  const tags = new Map(Object.entries(source).map(([tag, holder]) => [tag, named(holder)]));
  const manifests = new Map([found("root", "root"), found("it", role, claims)]);
  const plan = planTags({ root: named("root"), manifests, tags, bases: ["1.0.0"] }, ["1.0.0"]);
  const derived = `1.0.0_by-digest-${hexOf(named("it")).slice(0, 32)}`;
  expect(plan.get(named("it"))).toEqual([gets === "derived" ? derived : gets]);
  expect(plan.get(named("root"))).toEqual(["1.0.0"]);
});

describe("the root", () => {
  const rootTags = (claims: string | undefined, bases: readonly string[], given?: readonly string[]) =>
    planTags(
      { root: named("root"), manifests: new Map([found("root", "root", claims)]), tags: new Map(), bases },
      given,
    ).get(named("root"));

  it("gets what was asked for, what it claims, or a tag that follows from its digest", () => {
    expect(rootTags("1.0.0", ["1.0.0"], ["a", "b"])).toEqual(["a", "b"]);
    expect(rootTags("1.0.0", ["1.0.0"])).toEqual(["1.0.0"]);
    for (const claimed of [undefined, "", "a b", `sha256-${"0".repeat(64)}`, `sha256-${"0".repeat(64)}.sig`]) {
      expect(rootTags(claimed, [])).toEqual([derivedTag(undefined, named("root"))]);
    }
  });
});

it("gives two that claim one tag none of it, and legacy ones no further tag", () => {
  const manifests = new Map([
    found("root", "root"),
    found("one", "referrer", "1.0.0_a"),
    found("two", "referrer", "1.0.0_a"),
    found("signatures", "legacy", "1.0.0_b"),
  ]);
  const plan = planTags({ root: named("root"), manifests, tags: new Map(), bases: ["1.0.0"] }, ["1.0.0"]);
  for (const name of ["one", "two"]) expect(plan.get(named(name))).toEqual([derivedTag("1.0.0", named(name))]);
  expect(plan.has(named("signatures"))).toBe(false);
});

it.each<[string, string, boolean]>([
  ["1.0.0-gpu", "1.0.0", true],
  ["1.0.0_scan.1.1", "1.0.0", true],
  ["1.0.0", "1.0.0", false],
  ["1.0.01", "1.0.0", false],
  ["2.0.0-gpu", "1.0.0", false],
])("%s belongs to %s: %j", (tag, base, belongs) => {
  expect(belongsTo(tag, base)).toBe(belongs);
});

it("derives tags that registries take, however long the release's is", () => {
  expect(derivedTag("x".repeat(128), named("it"))).toMatch(/^x{80}_by-digest-[0-9a-f]{32}$/);
});
