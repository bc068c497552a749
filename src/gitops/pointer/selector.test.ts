import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { parseSelector, type SelectorStep, showSteps } from "./selector.ts";

const key = (name: string): SelectorStep => ({ kind: "key", key: name });
const index = (at: number): SelectorStep => ({ kind: "index", index: at });
const filter = (name: string, value: string): SelectorStep => ({ kind: "filter", key: name, value });

describe("a selector", () => {
  it.each<[string, SelectorStep[]]>([
    ["version", [key("version")]],
    ["model.version", [key("model"), key("version")]],
    ['data."release.json"', [key("data"), key("release.json")]],
    ['"a b"."c[0]"."=\'"', [key("a b"), key("c[0]"), key("='")]],
    ['"say \\"\\\\\\""', [key('say "\\"')]],
    ['""', [key("")]],
    ["items[0].x", [key("items"), index(0), key("x")]],
    ["[12][0]", [index(12), index(0)]],
    ["items[name=fraud].digest", [key("items"), filter("name", "fraud"), key("digest")]],
    ["a[name=two words].x", [key("a"), filter("name", "two words"), key("x")]],
    ["a[name=v1.2=x].x", [key("a"), filter("name", "v1.2=x"), key("x")]],
    ['a["b.c"="]"]', [key("a"), filter("b.c", "]")]],
    ["a-b_c/d$é:0", [key("a-b_c/d$é:0")]],
    ["<<.a", [key("<<"), key("a")]],
  ])("%s is a way through a document", (text, steps) => {
    expect(parseSelector(text)).toEqual({ text, steps });
  });

  it.each([
    ["", 1, "it is empty"],
    [".a", 1, "a key is expected here"],
    ["a.", 3, "a key is expected here"],
    ["a..b", 3, "a key is expected here"],
    ["a b", 2, 'a "." or a "[" is expected here'],
    ['a"b"', 2, 'a "." or a "[" is expected here'],
    ["a=b", 2, 'a "." or a "[" is expected here'],
    ["a]", 2, 'a "." or a "[" is expected here'],
    ["a[0]b", 5, 'a "." or a "[" is expected here'],
    ["a[0].", 6, "a key is expected here"],
    ["a[]", 3, "an index such as 0 or a filter such as name=fraud is expected"],
    ["a[-1]", 3, "an index such as 0"],
    ["a[01]", 3, "an index such as 0"],
    ["a[1234567890]", 3, "an index such as 0"],
    ["a[x]", 3, "an index such as 0"],
    ["a[0", 4, 'a "=" is expected here'],
    ["a[name=", 8, "the text of a filter is expected here"],
    ["a[name=]", 8, "the text of a filter is expected here"],
    ["a[name=b", 9, 'a "]" is expected here'],
    ["a[metadata.name=b]", 11, 'a "=" is expected here'],
    ['a."b', 3, "this quote is never closed"],
    ['a."b\\n"', 5, 'only \\" and \\\\ can be written with \\'],
    ["a.b\tc", 4, 'a "." or a "[" is expected here'],
    ["a.'b'", 3, "a key is expected here"],
  ])("%j is refused at character %i", async (text, at, problem) => {
    const { message } = await expectError("SELECTOR_INVALID", () => parseSelector(text));
    expect(message).toContain(`at character ${at}: ${problem}`);
  });

  it("is bounded", async () => {
    expect(parseSelector("a".repeat(1024)).steps).toHaveLength(1);
    const { message } = await expectError("SELECTOR_INVALID", () => parseSelector("a".repeat(1025)));
    expect(message.length).toBeLessThan(200);
  });

  it("is read back from how it is shown", () => {
    const name = fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: "grapheme", maxLength: 4 }));
    const text = name.map((any) => any.replace(/\p{Cc}/gu, ""));
    const step = fc.oneof(
      fc.record({ kind: fc.constant("key" as const), key: text }),
      fc.record({ kind: fc.constant("index" as const), index: fc.nat(999_999) }),
      fc.record({ kind: fc.constant("filter" as const), key: text, value: text }),
    );
    void fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        expect(parseSelector(showSteps(steps)).steps).toEqual(steps);
      }),
    );
  });
});
