import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isModelName } from "./names.ts";
import { modelNameOf, storageName, suggestedName } from "./storage-name.ts";

const separator = fc.constantFrom(".", "_", "__", "-", "---", "/");
const part = fc.string({ unit: fc.constantFrom(..."abz019"), minLength: 1, maxLength: 6 });
const modelName = fc
  .tuple(part, fc.array(fc.tuple(separator, part), { maxLength: 8 }))
  .map(([first, rest]) => first + rest.flat().join(""));

describe("storage names", () => {
  it("have + where a model's name has /", () => {
    expect(storageName("retina/seg")).toBe("retina+seg");
    expect(storageName("a/b.c/d__e--f")).toBe("a+b.c+d__e--f");
    expect(modelNameOf("retina+seg")).toBe("retina/seg");
  });

  it("are one name each, and lead back", () => {
    fc.assert(
      fc.property(modelName, (name) => {
        const stored = storageName(name);
        expect(stored).toMatch(/^[a-z0-9][a-z0-9._+-]*$/);
        expect(modelNameOf(stored)).toBe(name);
      }),
    );
  });

  it.each([
    "",
    "/",
    "a//b",
    "/a",
    "a/",
    "..",
    "a/../b",
    ".a",
    "a.",
    "A",
    "a b",
    "a+b",
    "a___b",
    "a._b",
    "é",
    "a".repeat(201),
    "a\n",
  ])("are not made of %j", (name) => {
    expect(() => storageName(name)).toThrow(expect.objectContaining({ code: "MODEL_NAME_INVALID" }));
  });

  it.each(["", "+", "a++b", "+a", "a+", "..", "a+..+b", "a/b"])("%j leads to no model", (stored) => {
    expect(() => modelNameOf(stored)).toThrow(expect.objectContaining({ code: "MODEL_NAME_INVALID" }));
  });
});

it("a name to start from is a legal one, whatever text it is made of", () => {
  expect(suggestedName("My Model (v2)")).toBe("my-model-v2");
  expect(suggestedName("…")).toBe("model");
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(isModelName(suggestedName(text))).toBe(true);
    }),
  );
});
