import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildProvenance, type ProvenanceFacts } from "./build-provenance.ts";
import { gitMaterial, placeUri } from "./material.ts";
import { predicateProblem } from "./predicate.ts";
import { predicateType } from "./predicate-type.ts";

const facts: ProvenanceFacts = {
  kind: "package",
  builder: "https://github.com/o/r/.github/workflows/release.yml@refs/heads/main",
  invocation: { id: "7", attempt: 2, url: "https://github.com/o/r/actions/runs/7/attempts/2" },
  externalParameters: { version: "1.0.0", name: "seg", ref: undefined, more: { b: [{ d: 1, c: 2 }], a: null } },
  materials: [
    { uri: "s3://bucket/retina", digest: { sha512: "b", sha256: "a" } },
    { name: "weights.bin", digest: { sha256: "c" } },
    { uri: "git+https://github.com/o/r@1", digest: { gitCommit: "1" } },
    { name: "weights.bin", digest: { sha256: "c" } },
  ],
  finishedOn: new Date("2026-11-20T12:00:00Z"),
};

describe("buildProvenance", () => {
  it("says what was done, by whom, and from what, in one order", () => {
    expect(JSON.stringify(buildProvenance(facts))).toBe(
      JSON.stringify({
        buildDefinition: {
          buildType: "urn:slipway:buildtype:package:v1",
          externalParameters: { more: { a: null, b: [{ c: 2, d: 1 }] }, name: "seg", version: "1.0.0" },
          resolvedDependencies: [
            { name: "weights.bin", digest: { sha256: "c" } },
            { uri: "git+https://github.com/o/r@1", digest: { gitCommit: "1" } },
            { uri: "s3://bucket/retina", digest: { sha256: "a", sha512: "b" } },
          ],
        },
        runDetails: {
          builder: { id: facts.builder },
          metadata: { invocationId: facts.invocation.url, finishedOn: "2026-11-20T12:00:00.000Z" },
        },
      }),
    );
  });

  it("names a run without a page by its id and attempt", () => {
    const { runDetails } = buildProvenance({ ...facts, invocation: { id: "local-1", attempt: 2 } });
    expect(runDetails.metadata?.invocationId).toBe("local-1/2");
  });

  const members = fc.dictionary(fc.string(), fc.option(fc.jsonValue(), { nil: undefined }));
  const digest = fc.record({ sha256: fc.constantFrom("a", "b") });
  const material = fc.oneof(
    fc.record({ uri: fc.webUrl(), digest }, { requiredKeys: ["uri"] }),
    fc.record({ name: fc.string(), digest }),
  );
  const anyFacts = fc.record(
    {
      kind: fc.constantFrom("import", "build", "package"),
      builder: fc.webUrl(),
      invocation: fc.constant(facts.invocation),
      externalParameters: members,
      internalParameters: members,
      materials: fc.array(material),
      byproducts: fc.array(material),
      startedOn: fc.constant(new Date(0)),
    },
    { requiredKeys: ["kind", "builder", "invocation", "externalParameters", "materials"] },
  );

  it("is what its type demands, and what JSON can write", () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const provenance = buildProvenance(some);
        expect(predicateProblem(predicateType.provenance, provenance)).toBeUndefined();
        const text = JSON.stringify(provenance);
        expect(JSON.stringify(buildProvenance(some))).toBe(text);
        expect(undefinedMembers(provenance)).toEqual([]);
      }),
    );
  });

  it("does not depend on the order of what it is given", () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const turned = {
          ...some,
          materials: some.materials.toReversed(),
          externalParameters: Object.fromEntries(Object.entries(some.externalParameters).toReversed()),
        };
        expect(JSON.stringify(buildProvenance(turned))).toBe(JSON.stringify(buildProvenance(some)));
      }),
    );
  });
});

function undefinedMembers(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => (child === undefined ? [name] : undefinedMembers(child)));
}

it.each([
  ["https://github.com/o/r", "git+https://github.com/o/r@1"],
  ["git+https://github.com/o/r", "git+https://github.com/o/r@1"],
  ["ssh://git@example.com/o/r", "git+ssh://git@example.com/o/r@1"],
  ["git@example.com:o/r.git", "git+ssh://git@example.com/o/r.git@1"],
])("a repository at %s has a place", (repository, uri) => {
  expect(gitMaterial(repository, "1")).toEqual({ uri, digest: { gitCommit: "1" } });
});

it.each(["the retina repository", "retina", "C:\\retina", "https://a b"])("%s is a name", (name) => {
  expect(gitMaterial(name, "1")).toEqual({ name, digest: { gitCommit: "1" } });
});

it.each([
  ["s3://bucket/retina-v3", "s3://bucket/retina-v3"],
  ["pkg:huggingface/a/b@1", "pkg:huggingface/a/b@1"],
  ["retina v3", "urn:slipway:dataset:retina%20v3"],
  ["llama:8b", "urn:slipway:dataset:llama%3A8b"],
  ["half \ud800", "urn:slipway:dataset:half%20%EF%BF%BD"],
])("the data set %s has the URI %s", (place, uri) => {
  expect(placeUri("dataset", place)).toBe(uri);
});
