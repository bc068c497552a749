import { resolve, sep } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byPath, findClash, pathProblem } from "./file-paths.ts";

/** U+00E9, and the same letter as e and a combining accent. */
const composed = "caf\u00e9";
const decomposed = "cafe\u0301";
const loneSurrogate = "model\ud800.bin";

describe("pathProblem", () => {
  test.each([
    ["a"],
    ["model.safetensors"],
    ["1/model.plan"],
    ["a/b/c/d/e/f"],
    [".gitattributes"],
    ["..."],
    ["..a"],
    ["a.."],
    ["a../b"],
    ["~"],
    ["-rf"],
    [" name with blanks "],
    ["$(id).bin"],
    ["a:b"],
    ["a%2e%2e%2fb"],
    [composed],
    [decomposed],
    ["モデル/重み.bin"],
    ["\u{1f680}.onnx"],
    ["x".repeat(255)],
    ["é".repeat(127)],
    [["d", "e", "f", "g"].map((letter) => letter.repeat(255)).join("/")],
  ])("%j may stand in a release", (path) => {
    expect(pathProblem(path)).toBeUndefined();
  });

  test.each([
    ["", "is empty"],
    ["/", "is absolute"],
    ["/etc/passwd", "is absolute"],
    ["//server/share", "is absolute"],
    ["a//b", "holds an empty component"],
    ["a/", "holds an empty component"],
    [".", 'holds the component "."'],
    ["./a", 'holds the component "."'],
    ["a/./b", 'holds the component "."'],
    ["..", 'holds the component ".."'],
    ["../a", 'holds the component ".."'],
    ["a/..", 'holds the component ".."'],
    ["a/../../b", 'holds the component ".."'],
    ["a\\b", "holds a backslash, which separates directories on other systems"],
    ["..\\..\\a", "holds a backslash, which separates directories on other systems"],
    ["a\0b", "holds a control character"],
    ["a\nb", "holds a control character"],
    ["a\tb", "holds a control character"],
    ["a\u001bb", "holds a control character"],
    ["a\u007fb", "holds a control character"],
    [loneSurrogate, "is not valid Unicode"],
    ["\udc00", "is not valid Unicode"],
    ["replaced\ufffd", "is not valid Unicode"],
    ["x".repeat(256), "has a component longer than 255 bytes"],
    [`a/${"é".repeat(128)}`, "has a component longer than 255 bytes"],
    [`${`${"d".repeat(255)}/`.repeat(4)}f`, "is longer than 1024 bytes"],
    [`${"é/".repeat(341)}xx`, "is longer than 1024 bytes"],
  ])("%j may not", (path, why) => {
    expect(pathProblem(path)).toEqual({ path, why });
  });

  test("1024 bytes is the last length that passes", () => {
    const path = (bytes: number): string => `${"d".repeat(250)}/`.repeat(4) + "f".repeat(bytes - 4 * 251);
    expect(Buffer.byteLength(path(1024))).toBe(1024);
    expect(pathProblem(path(1024))).toBeUndefined();
    expect(pathProblem(path(1025))?.why).toBe("is longer than 1024 bytes");
  });
});

describe("findClash", () => {
  const onlyCase = "differs from another only in case or Unicode normalisation";
  const directoryCase = "lies in a directory that differs from another only in case or Unicode normalisation";

  test.each([
    [[]],
    [["a"]],
    [["a", "b"]],
    [["a/x", "a/y", "b/x"]],
    [["a/b/c", "a/c", "c"]],
    [["a", "a.txt", "a-b", "a b"]],
    [["ab/c", "a/bc"]],
    [["model", "models/model"]],
    [["ı.bin", "j.bin"]],
    [["o.bin", "ö.bin"]],
    [["µ", "m"]],
  ])("%j can stand side by side", (paths) => {
    expect(findClash(paths)).toBeUndefined();
  });

  test.each([
    [["a", "b", "a"], "a", "occurs twice", "a"],
    [["d/a", "d/a"], "d/a", "occurs twice", "d/a"],
    [["README", "readme"], "readme", onlyCase, "README"],
    [["d/A", "d/a"], "d/a", onlyCase, "d/A"],
    [[composed, decomposed], decomposed, onlyCase, composed],
    [[composed, decomposed.toUpperCase()], decomposed.toUpperCase(), onlyCase, composed],
    // One pair for each way in which a simple lower case misses what file systems fold.
    [["straße", "STRASSE"], "STRASSE", onlyCase, "straße"],
    [["STRAẞE", "straße"], "straße", onlyCase, "STRAẞE"],
    [["STRAẞE", "strasse"], "strasse", onlyCase, "STRAẞE"],
    [["ΟΔΟΣ", "οδοσ"], "οδοσ", onlyCase, "ΟΔΟΣ"],
    [["οδος", "οδοσ"], "οδοσ", onlyCase, "οδος"],
    [["\u212a", "k"], "k", onlyCase, "\u212a"],
    [["ſ", "s"], "s", onlyCase, "ſ"],
    [["ﬁle", "file"], "file", onlyCase, "ﬁle"],
    [["\u03b1\u0345\u0301", "\u1fb4"], "\u1fb4", onlyCase, "\u03b1\u0345\u0301"],
    [["\u1fbc\u0331", "\u1fb3\u0331"], "\u1fb3\u0331", onlyCase, "\u1fbc\u0331"],
    [["A/x", "a/y"], "a/y", directoryCase, "A/x"],
    [["p/A/x", "q/x", "p/a/y"], "p/a/y", directoryCase, "p/A/x"],
    [[`${composed}/x`, `${decomposed}/y`], `${decomposed}/y`, directoryCase, `${composed}/x`],
    [["a", "a/b"], "a", "is a file and also a directory", "a/b"],
    [["a/b", "a"], "a", "is a file and also a directory", "a/b"],
    [["a/b/c/d", "a/b"], "a/b", "is a file and also a directory", "a/b/c/d"],
    [["A", "a/b"], "A", "is a file and also a directory", "a/b"],
    [["a/b", "A"], "A", "is a file and also a directory", "a/b"],
  ])("%j clash", (paths, path, why, clashesWith) => {
    expect(findClash(paths)).toEqual({ path, why, clashesWith });
  });

  test("20 000 paths are compared in well under a second", () => {
    const paths = Array.from({ length: 20_000 }, (_, n) => `some/directory/${n % 100}/shard-${n}.bin`);
    const before = performance.now();
    expect(findClash(paths)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

// Strings that a random generator would hardly ever find.
const awkward = fc.constantFrom(
  ...["..", ".", "", "/", "\\", "\0", "\n", "a", "A", "b", "ß", "ẞ", "ss", "SS", "é", "e\u0301", "É", "Σ", "ς", "σ"],
  ...["\ud800", "\ufffd", "C:", "..\\", "%2e%2e", "İ", "i\u0307", "ı", "I", "i", "\u0345", "\u0301", "K", "\u212a"],
);
const component = fc.oneof(
  fc.array(awkward, { maxLength: 4 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
);
const anyPath = fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => components.join("/"));

describe("what passes", () => {
  test("lies below the directory that it is joined to", () => {
    fc.assert(
      fc.property(anyPath, fc.constantFrom("/target", "/", "/a/b/c"), (path, directory) => {
        fc.pre(pathProblem(path) === undefined);
        const joined = resolve(directory, path);
        expect(joined).toBe(`${directory === "/" ? "" : directory}${sep}${path}`);
      }),
      { numRuns: 2_000, maxSkipsPerRun: 100 },
    );
  });

  test("is two files wherever it is unpacked, when it does not clash", () => {
    fc.assert(
      fc.property(anyPath, anyPath, (a, b) => {
        fc.pre(pathProblem(a) === undefined && pathProblem(b) === undefined);
        const clash = findClash([a, b]);
        expect(findClash([b, a]) === undefined).toBe(clash === undefined);
        if (clash !== undefined) return;
        for (const form of ["NFC", "NFD"] as const) {
          expect(a.normalize(form).toLowerCase()).not.toBe(b.normalize(form).toLowerCase());
          expect(a.normalize("NFD").toUpperCase().normalize(form)).not.toBe(
            b.normalize("NFD").toUpperCase().normalize(form),
          );
        }
        expect(b.toLowerCase().startsWith(`${a.toLowerCase()}/`)).toBe(false);
      }),
      { numRuns: 2_000, maxSkipsPerRun: 100 },
    );
  });

  test("clashes with every other spelling of itself", () => {
    const spellings = [
      (path: string) => path,
      (path: string) => path.toLowerCase(),
      (path: string) => path.normalize("NFD").toUpperCase(),
      (path: string) => path.normalize("NFC"),
      (path: string) => path.normalize("NFD"),
    ];
    fc.assert(
      fc.property(anyPath, fc.constantFrom(...spellings), (path, spell) => {
        expect(findClash([path, spell(path)])).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("byPath", () => {
  test("orders by UTF-8 bytes, where UTF-16 would differ", () => {
    // In UTF-16 the rocket starts with a surrogate, 0xd83d, and would come before U+FF21.
    const paths = ["\u{1f680}", "\uff21", "b", "a/b", "a", "a-b", "é", "Z"].map((path) => ({ path }));
    expect([...paths].sort(byPath).map(({ path }) => path)).toEqual([
      "Z",
      "a",
      "a-b",
      "a/b",
      "b",
      "é",
      "\uff21",
      "\u{1f680}",
    ]);
    expect(paths.map(({ path }) => path).sort()).not.toEqual([...paths].sort(byPath).map(({ path }) => path));
  });

  test("agrees with comparing bytes, and is 0 for equal paths only", () => {
    fc.assert(
      fc.property(anyPath, anyPath, (a, b) => {
        fc.pre(a.isWellFormed() && b.isWellFormed());
        const hex = (text: string): string => Buffer.from(text).toString("hex");
        const expected = hex(a) < hex(b) ? -1 : hex(a) > hex(b) ? 1 : 0;
        expect(byPath({ path: a }, { path: b })).toBe(expected);
        expect(byPath({ path: a }, { path: b }) === 0).toBe(a === b);
      }),
    );
  });
});
