import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { type Digest, digestOf } from "../digest.ts";
import type { Descriptor } from "../manifest.ts";
import type { Closure, FoundManifest } from "./closure.ts";
import { planCopy, type TargetState } from "./plan-copy.ts";

interface Shape {
  readonly children?: readonly string[];
  readonly subject?: string;
  readonly blobs?: Readonly<Record<string, number>>;
  readonly role?: FoundManifest["role"];
}

const describeBlob = (name: string, size = 1): Descriptor => ({ mediaType: "x/y", digest: digestOf(name), size });

function closureOf(shapes: Readonly<Record<string, Shape>>): Closure {
  const [root = ""] = Object.keys(shapes);
  const manifests = Object.entries(shapes).map(([name, shape]): [Digest, FoundManifest] => {
    const { children = [], subject, blobs = {}, role = "referrer" } = shape;
    return [
      digestOf(name),
      {
        descriptor: describeBlob(name),
        bytes: new Uint8Array(),
        role: name === root ? "root" : role,
        children: children.map((child) => describeBlob(child)),
        blobs: Object.entries(blobs).map(([blob, size]) => describeBlob(blob, size)),
        subject: subject === undefined ? undefined : digestOf(subject),
        ownTag: undefined,
      },
    ];
  });
  return { root: digestOf(root), manifests: new Map(manifests), legacy: [], ignored: [], tags: new Map(), bases: [] };
}

/** Each manifest under a tag of its own name. */
function plan(shapes: Readonly<Record<string, Shape>>, target: Partial<TargetState> = {}) {
  const names = Object.entries(shapes).filter(([, { role }]) => role !== "legacy");
  const tags = new Map(names.map(([name]) => [digestOf(name), [name]]));
  return planCopy(closureOf(shapes), tags, { label: "target", largestBlob: undefined, tags: new Map(), ...target });
}

function wavesOf(shapes: Readonly<Record<string, Shape>>): string[] {
  return plan(shapes).waves.map((rows) =>
    rows
      .map((row) =>
        row
          .map(({ tags }) => tags.join())
          .sort()
          .join("+"),
      )
      .sort()
      .join(" "),
  );
}

describe("what is announced comes in waves", () => {
  it.each<[string, Readonly<Record<string, Shape>>, string[]]>([
    ["a manifest alone", { root: {} }, ["root"]],
    ["children before their index", { root: { children: ["a", "b"] }, a: {}, b: {} }, ["a b", "root"]],
    ["an index in an index", { root: { children: ["a"] }, a: { children: ["b"] }, b: {} }, ["b", "a", "root"]],
    ["evidence before its subject", { root: {}, scan: { subject: "root" } }, ["scan", "root"]],
    [
      "one writer for each subject",
      { root: { children: ["a"] }, a: {}, s1: { subject: "a" }, s2: { subject: "a" }, s3: { subject: "root" } },
      ["s1+s2 s3", "a", "root"],
    ],
    [
      "evidence of evidence first",
      { root: {}, scan: { subject: "root" }, sign: { subject: "scan" } },
      ["sign", "scan", "root"],
    ],
    ["a child before an index that refers to it", { root: { children: ["a"], subject: "a" }, a: {} }, ["a", "root"]],
    [
      "a child whose evidence is an index that holds it",
      { a: {}, list: { children: ["a"], subject: "a" }, scan: { subject: "a" } },
      ["scan", "a", "list"],
    ],
    ["no legacy signatures", { root: {}, signatures: { role: "legacy" } }, ["root"]],
  ])("%s", (_, shapes, waves) => {
    expect(wavesOf(shapes)).toEqual(waves);
  });
});

describe("whatever belongs to a release", () => {
  /** Each manifest but the root is a child or a referrer of one before it; some say that they are about others. */
  const links = fc.array(
    fc.record({ to: fc.nat(), child: fc.boolean(), about: fc.option(fc.nat(), { nil: undefined, freq: 4 }) }),
    { maxLength: 25 },
  );

  const shapesOf = (given: readonly { to: number; child: boolean; about?: number | undefined }[], honest: boolean) => {
    const shapes: Record<string, { children: string[]; subject?: string }> = { "0": { children: [] } };
    for (const [at, { to, child, about }] of given.entries()) {
      const parent = String(to % (at + 1));
      // A child that says that it is about another may close a circle.
      const subject = child ? (honest || about === undefined ? undefined : String(about % given.length)) : parent;
      shapes[String(at + 1)] = { children: [], ...(subject === undefined ? {} : { subject }) };
      if (child) shapes[parent]?.children.push(String(at + 1));
    }
    return shapes;
  };

  const placesIn = (shapes: Readonly<Record<string, Shape>>): Map<string, number> => {
    const places = plan(shapes).waves.flatMap((rows, wave) =>
      rows.flat().map(({ tags }): [string, number] => [tags.join(), wave]),
    );
    expect(places).toHaveLength(Object.keys(shapes).length);
    return new Map(places);
  };

  it("is announced once, after its children and its evidence, and the root last", () => {
    void fc.assert(
      fc.property(links, (given) => {
        const shapes = shapesOf(given, true);
        const places = placesIn(shapes);
        const place = (name: string): number => places.get(name) ?? Number.NaN;
        for (const [name, { children, subject }] of Object.entries(shapes)) {
          for (const child of children) expect(place(child)).toBeLessThan(place(name));
          if (subject !== undefined) expect(place(name)).toBeLessThan(place(subject));
        }
        expect([...places.values()].filter((wave) => wave >= place("0"))).toHaveLength(1);
      }),
    );
  });

  it("is announced after its children, also when its manifests refer to each other in a circle", () => {
    void fc.assert(
      fc.property(links, (given) => {
        const shapes = shapesOf(given, false);
        const places = placesIn(shapes);
        for (const [name, { children }] of Object.entries(shapes)) {
          for (const child of children) expect(places.get(child)).toBeLessThan(places.get(name) ?? Number.NaN);
        }
      }),
    );
  });
});

it("moves each blob once, the largest first", () => {
  const { blobs } = plan({
    root: { blobs: { small: 2, large: 9, middle: 5 } },
    scan: { blobs: { middle: 5, tiny: 1 } },
  });
  expect(blobs.map(({ size }) => size)).toEqual([9, 5, 2, 1]);
});

it("refuses a blob of two sizes", async () => {
  await expectError("MANIFEST_INVALID", () => plan({ root: { blobs: { a: 1 } }, scan: { blobs: { a: 2 } } }));
});

describe("what the target has", () => {
  it("is success when it is the same", () => {
    expect(() => plan({ root: {} }, { tags: new Map([["root", digestOf("root")]]) })).not.toThrow();
  });

  it("is a conflict when it is not, and all of them are named", async () => {
    const tags = new Map([
      ["root", digestOf("other")],
      ["scan", digestOf("another")],
    ]);
    const { details, message } = await expectError("IMMUTABLE_CONFLICT", () =>
      plan({ root: {}, scan: { subject: "root" }, fine: { subject: "root" } }, { tags }),
    );
    expect(message).toContain("target:root");
    expect(details).toHaveLength(2);
  });
});

it("refuses one tag for two manifests", async () => {
  const closure = closureOf({ root: {}, scan: { subject: "root" } });
  const tags = new Map([...closure.manifests.keys()].map((digest) => [digest, ["same"]]));
  const target = { label: "target", largestBlob: undefined, tags: new Map() };
  await expectError("IMMUTABLE_CONFLICT", () => planCopy(closure, tags, target));
});

it("names all blobs that are too large", async () => {
  const largestBlob = { size: 5, saidBy: "a registry" };
  const shapes = { root: { blobs: { a: 6, b: 7, c: 5 } } };
  expect((await expectError("BLOB_TOO_LARGE", () => plan(shapes, { largestBlob }))).details).toHaveLength(2);
});
