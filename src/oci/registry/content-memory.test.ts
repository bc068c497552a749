import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { ContentMemory } from "./content-memory.ts";

const first = digestOf("first");
const second = digestOf("second");
const third = digestOf("third");

describe("content that is remembered", () => {
  it("is given back by its digest", () => {
    const memory = new ContentMemory<string>(100);
    memory.keep(first, "one", 10);
    expect(memory.get(first)).toBe("one");
    expect(memory.get(second)).toBeUndefined();
  });

  it("makes room for what is newer, the oldest first", () => {
    const memory = new ContentMemory<string>(100);
    for (let number = 0; number < 5; number += 1) memory.keep(digestOf(`filling ${number}`), "x", 20);
    memory.keep(third, "three", 25);
    expect(memory.get(third)).toBe("three");
    expect([0, 1, 2, 3, 4].map((number) => memory.get(digestOf(`filling ${number}`)))).toEqual([
      undefined,
      undefined,
      "x",
      "x",
      "x",
    ]);
  });

  it("is counted once, however often it is read", () => {
    const memory = new ContentMemory<string>(100);
    memory.keep(first, "one", 25);
    for (let time = 0; time < 10; time += 1) memory.keep(second, "two", 25);
    expect(memory.get(first)).toBe("one");
  });

  it("is not what would leave no room for others", () => {
    const memory = new ContentMemory<string>(100);
    memory.keep(first, "one", 25);
    memory.keep(second, "two", 26);
    expect(memory.get(first)).toBe("one");
    expect(memory.get(second)).toBeUndefined();
  });
});
