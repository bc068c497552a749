import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { digestOf, hexOf } from "../../oci/index.ts";
import { encodeOmsStatement, type ModelFile, rootDigest } from "./statement.ts";

const file = (path: string, content = path): ModelFile => ({ path, blob: { digest: digestOf(content) } });
const encoded = (files: readonly ModelFile[], model = "vision/seg"): string =>
  Buffer.from(encodeOmsStatement(files, model)).toString("utf8");
const statement = (...paths: string[]) => JSON.parse(encoded(paths.map((path) => file(path))));
const namesIn = (...paths: string[]): string[] =>
  statement(...paths).predicate.resources.map(({ name }: { name: string }) => name);

describe("encodeOmsStatement", () => {
  test("states what the specification says, byte for byte", () => {
    // sha256sum of "one" and of "two"; xxd -r -p of both, one after the other, through sha256sum.
    const one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    const two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";
    const root = "11914c19a28a98c57d12f3cce6c32b7944784f4b4781a706c24eb1dc284e2856";
    expect(encoded([file("weights/b.safetensors", "two"), file("config.json", "one")])).toBe(
      '{"_type":"https://in-toto.io/Statement/v1",' +
        `"subject":[{"name":"seg","digest":{"sha256":"${root}"}}],` +
        '"predicateType":"https://model_signing/signature/v1.0","predicate":{"serialization":' +
        '{"method":"files","hash_type":"sha256","allow_symlinks":false,"ignore_paths":["model.sig"]},' +
        `"resources":[{"name":"config.json","digest":"${one}","algorithm":"sha256"},` +
        `{"name":"weights/b.safetensors","digest":"${two}","algorithm":"sha256"}]}}`,
    );
  });

  test.each([
    ["seg", "seg"],
    ["vision/seg", "seg"],
    ["acme/vision/seg", "seg"],
  ])("%s is called %s", (model, name) => {
    expect(JSON.parse(encoded([file("a")], model)).subject).toMatchObject([{ name }]);
  });

  test("names are sorted by code points, and not by directories or by UTF-16", () => {
    // U+FF5E comes before U+1F680, whose first half is U+D83D.
    expect(namesIn("\u{1f680}", "\uff5e", "é", "a/b", "a.b", "B", "a-b", "a")).toEqual([
      "B",
      "a",
      "a-b",
      "a.b",
      "a/b",
      "é",
      "\uff5e",
      "\u{1f680}",
    ]);
  });

  test("what OMS tools leave out is left out, and named; deeper files of these names are not", () => {
    const { predicate } = statement(".gitattributes", "a/.gitattributes", ".github/workflows/x.yml", ".gitkeep");
    expect(predicate.serialization.ignore_paths).toEqual(["model.sig", ".gitattributes", ".github"]);
    expect(predicate.resources.map(({ name }: { name: string }) => name)).toEqual([".gitkeep", "a/.gitattributes"]);
  });

  test.each(["model.sig", "Model.SIG", "model.sig/a"])("a model with a file %s is refused", async (path) => {
    const error = await expectError("OMS_NAME_TAKEN", () => encodeOmsStatement([file("a"), file(path)], "seg"));
    expect(error.message).toContain(path);
  });

  test("a file of that name in a directory is one like any other", () => {
    expect(namesIn("a/model.sig", "model.sig.txt")).toEqual(["a/model.sig", "model.sig.txt"]);
  });

  const paths = fc
    .uniqueArray(fc.string({ unit: "binary", minLength: 1 }), { minLength: 1 })
    .map((all) => all.map((path) => `x${path.toWellFormed()}`))
    .map((all) => [...new Set(all)]);

  test("the order in which files are given does not matter, and each is there once, in order of code points", () => {
    fc.assert(
      fc.property(paths, fc.infiniteStream(fc.nat()), (all, picks) => {
        const shuffled = all
          .map((path) => ({ path, at: picks.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ path }) => path);
        expect(statement(...shuffled)).toEqual(statement(...all));
        const points = (name: string) => [...name].map((letter) => letter.codePointAt(0) ?? 0);
        const names = namesIn(...all);
        expect(new Set(names)).toEqual(new Set(all));
        for (const [index, name] of names.slice(1).entries()) {
          const [before, after] = [points(names[index] ?? ""), points(name)];
          const first = before.findIndex((point, at) => point !== after[at]);
          expect(first < 0 || (before[first] ?? 0) < (after[first] ?? -1)).toBe(true);
        }
      }),
    );
  });

  test("the root digest is over the files' digests as bytes, in the order that is stated", () => {
    fc.assert(
      fc.property(paths, (all) => {
        const { subject, predicate } = statement(...all);
        const bytes = predicate.resources.map(({ name }: { name: string }) =>
          Buffer.from(hexOf(digestOf(name)), "hex"),
        );
        expect(subject[0].digest.sha256).toBe(createHash("sha256").update(Buffer.concat(bytes)).digest("hex"));
      }),
    );
  });
});

test("the root digest of nothing is that of no bytes", () => {
  expect(rootDigest([])).toBe(hexOf(digestOf("")));
});
