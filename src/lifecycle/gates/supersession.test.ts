import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../oci/index.ts";
import { supersededAmong } from "./supersession.ts";

const id = (name: string) => digestOf(name);
/** `a>b c` is: a names b and c. */
function superseded(...lines: string[]): string[] {
  const results = lines.map((line) => {
    const [name = "", named = ""] = line.split(">");
    return { statement: id(name), supersedes: named.split(" ").filter(Boolean).map(id) };
  });
  const found = supersededAmong(results);
  return lines.map((line) => line.charAt(0)).filter((name) => found.has(id(name)));
}

describe("results are superseded", () => {
  it.each([
    ["by what names them", ["a", "b>a"], ["a"]],
    ["all that one names", ["a", "b", "c>a b"], ["a", "b"]],
    ["not by what is superseded", ["a", "b>a", "c>b"], ["b"]],
    ["in turns", ["a", "b>a", "c>b", "d>c"], ["a", "c"]],
    ["by any one of several", ["a", "b>a", "c>a", "d>b"], ["a", "b"]],
    ["not by themselves", ["a>a"], []],
    ["not in a circle", ["a>b", "b>a"], []],
    ["not by a circle", ["a>b c", "b>a", "c"], []],
    ["not by what only a circle names", ["a>b", "b>a c", "c>d", "d"], []],
    ["in a circle by what stands outside", ["a>b", "b>a", "c>a"], ["a"]],
    ["never when they are not there", ["a>z"], []],
  ])("%s", (_, lines, expected) => {
    expect(superseded(...lines)).toEqual(expected);
  });

  it("only by one that is there and is not superseded itself, whatever names whatever", () => {
    const names = [..."abcdef"];
    const graph = fc.tuple(...names.map((name) => fc.subarray(names).map((named) => ({ name, named }))));
    fc.assert(
      fc.property(graph, (nodes) => {
        const found = supersededAmong(
          nodes.map(({ name, named }) => ({ statement: id(name), supersedes: named.map(id) })),
        );
        for (const { name } of nodes.filter((node) => found.has(id(node.name)))) {
          const by = nodes.filter(
            (node) => node.named.includes(name) && !found.has(id(node.name)) && node.name !== name,
          );
          expect(by.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
