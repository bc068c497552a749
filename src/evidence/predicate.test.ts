import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wholePredicates } from "./fixtures/predicates.ts";
import { type PredicateKind, predicateProblem, publishedPredicates, readPredicate } from "./predicate.ts";
import { predicateType } from "./predicate-type.ts";

const all = publishedPredicates();
const isOwn = (type: string) => type.startsWith("urn:slipway:");

describe.each(all)("$kind", ({ kind, type }) => {
  const whole = wholePredicates[kind];

  it("is read as it was written", () => {
    expect(predicateProblem(type, whole)).toBeUndefined();
    expect(readPredicate(kind, { predicateType: type, predicate: whole })).toEqual(whole);
  });

  it("is no predicate of another type", () => {
    expect(readPredicate(kind, { predicateType: "https://example.com/v1", predicate: whole })).toBeUndefined();
  });

  it("may have members that are not known only where a standard says so", () => {
    const predicate = { ...whole, later: { x: 1 } };
    const read = readPredicate(kind, { predicateType: type, predicate });
    if (isOwn(type)) expect(predicateProblem(type, predicate)).toMatch(/^the predicate: .*"later"/);
    else expect(read).toEqual(predicate);
    expect(read === undefined).toBe(isOwn(type));
  });

  it("is refused without what it needs, and without a member at most as its schema says", () => {
    const { required } = all.find((one) => one.kind === kind)?.schema ?? {};
    for (const name of Object.keys(whole)) {
      const { [name]: _, ...rest } = whole;
      const problem = predicateProblem(type, rest);
      if (Array.isArray(required) && required.includes(name)) expect(problem).toMatch(new RegExp(`^${name}: `));
      else expect(problem).toBeUndefined();
    }
  });

  it("is refused or read, whatever it holds, and the two ways to ask agree", () => {
    const names = fc.constantFrom(...Object.keys(whole));
    fc.assert(
      fc.property(names, fc.jsonValue(), fc.boolean(), (name, value, alone) => {
        const predicate = alone ? value : { ...whole, [name]: value };
        const read = readPredicate(kind, { predicateType: type, predicate });
        expect(read === undefined).toBe(predicateProblem(type, predicate) !== undefined);
        if (read !== undefined) expect(read).toEqual(predicate);
      }),
    );
  });
});

const { approval, forms, provenance, sbom, vulnerabilityScan } = wholePredicates;
const [review] = [{ user: "octocat", environments: ["live"], state: "approved" }];
const pack = { form: "model-pack", digest: `sha256:${"a".repeat(64)}`, mediaType: "x" };
const file = (path: string) => ({ path, digest: pack.digest, size: 1, executable: false });
const scanner = { uri: "pkg:x", db: { lastUpdate: "2026-11-20T12:00:00Z" }, result: [] };

const faults: readonly (readonly [PredicateKind, string, Readonly<Record<string, unknown>>, string])[] = [
  ["approval", "nobody who reviewed it", { ...approval, approvals: [] }, "approvals"],
  ["approval", "a rejection only", { ...approval, approvals: [{ ...review, state: "rejected" }] }, "approvals"],
  ["approval", "another environment's approval", { ...approval, environment: "prod" }, "approvals"],
  [
    "approval",
    "a review that waits",
    { ...approval, approvals: [{ ...review, state: "pending" }] },
    "approvals.0.state",
  ],
  ["approval", "a user of two lines", { ...approval, approvals: [{ ...review, user: "a\nb" }] }, "approvals.0.user"],
  ["approval", "a review with more", { ...approval, approvals: [{ ...review, id: 1 }] }, "approvals.0"],
  ["forms", "no ModelPack form", { ...forms, forms: [{ ...pack, form: "image" }] }, "forms"],
  [
    "forms",
    "two ModelPack forms",
    { ...forms, forms: [pack, { ...pack, digest: `sha256:${"c".repeat(64)}` }] },
    "forms",
  ],
  ["forms", "another subject", { ...forms, subject: `sha256:${"c".repeat(64)}` }, "forms"],
  ["forms", "a form twice", { ...forms, forms: [pack, { ...pack, form: "image" }] }, "forms"],
  ["forms", "a path that leads out", { ...forms, files: [file("../x")] }, "files.0.path"],
  ["forms", "an absolute path", { ...forms, files: [file("/x")] }, "files.0.path"],
  ["forms", "a path twice", { ...forms, files: [file("x"), file("x")] }, "files"],
  ["forms", "paths that differ by case", { ...forms, files: [file("x"), file("X")] }, "files"],
  [
    "provenance",
    "a dependency with a name alone",
    {
      ...provenance,
      buildDefinition: { buildType: "x", externalParameters: {}, resolvedDependencies: [{ name: "x" }] },
    },
    "buildDefinition.resolvedDependencies.0",
  ],
  ["provenance", "no builder", { ...provenance, runDetails: { builder: { id: "" } } }, "runDetails.builder.id"],
  [
    "provenance",
    "a time of another zone",
    { ...provenance, runDetails: { builder: { id: "x" }, metadata: { finishedOn: "2026-11-20T12:00:00+01:00" } } },
    "runDetails.metadata.finishedOn",
  ],
  ["sbom", "SPDX", { spdxVersion: "SPDX-2.3", ...sbom, bomFormat: "SPDX" }, "bomFormat"],
  ["sbom", "an XML version", { ...sbom, specVersion: "1.1" }, "specVersion"],
  ["sbom", "nothing that it is about", { ...sbom, metadata: {} }, "metadata.component"],
  ["sbom", "a nameless component", { ...sbom, components: [{ type: "data" }] }, "components.0.name"],
  [
    "vulnerabilityScan",
    "no findings said",
    { ...vulnerabilityScan, scanner: { ...scanner, result: undefined } },
    "scanner.result",
  ],
  [
    "vulnerabilityScan",
    "no data base",
    { ...vulnerabilityScan, scanner: { ...scanner, db: {} } },
    "scanner.db.lastUpdate",
  ],
  [
    "vulnerabilityScan",
    "a finding without severity",
    { ...vulnerabilityScan, scanner: { ...scanner, result: [{ id: "CVE-1" }] } },
    "scanner.result.0.severity",
  ],
];

it.each(faults)("%s with %s is refused at its place", (kind, _, predicate, place) => {
  const problem = predicateProblem(predicateType[kind], predicate);
  expect(problem?.slice(0, problem.indexOf(": "))).toBe(place);
});

it("finds nothing wrong with what it does not know", () => {
  expect(predicateProblem("https://example.com/v1", { anything: true })).toBeUndefined();
});

describe("publishedPredicates", () => {
  it("has a schema for every type but the signature's, whose predicate is empty", () => {
    const { cosignSignature: _, ...stated } = predicateType;
    expect(all.map(({ type }) => type).toSorted()).toEqual(Object.values(stated).toSorted());
  });

  it.each(all)("identifies $name by the predicate type only where the type is ours", ({ type, name, schema }) => {
    expect(name).toMatch(/^predicate-[a-z]+(?:-[a-z]+)*$/);
    expect(schema["$id"]).toBe(isOwn(type) ? type : `urn:slipway:schema:${name}:v1`);
    if (isOwn(type)) expect(schema["additionalProperties"]).toBe(false);
    else expect(schema["description"]).toContain(`The part of ${type} that Slipway`);
  });
});
