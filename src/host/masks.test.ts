import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMasks } from "./masks.ts";

describe("masks", () => {
  it.each([
    ["a password", "hunter22", "login with hunter22!", "login with ***!"],
    ["with the line break of its file", "hunter22\n", "hunter22", "***"],
    ["each line", "first-line\nsecond-line\n", "second-line then first-line", "*** then ***"],
    ["all lines at once", "first-line\nsecond-line", "<first-line\nsecond-line>", "<***>"],
    ["lines joined by spaces", "first-line\nsecond-line", "first-line second-line", "*** ***"],
    ["as JSON", 'with"quote', '{"p":"with\\"quote"}', '{"p":"***"}'],
    ["in a URL", "p@ss/w", "https://u:p%40ss%2Fw@host", "https://u:***@host"],
    ["as base64", "hunter22", "aHVudGVyMjI=", "***"],
    ["Windows lines", "first-line\r\nsecond-line", "second-line", "***"],
  ])("hides a secret %s", (_, secret, text, shown) => {
    const masks = createMasks();
    masks.add(secret);
    expect(masks.hide(text)).toBe(shown);
  });

  it("hides nothing for a blank secret", () => {
    const masks = createMasks();
    expect(masks.add(" \n")).toEqual([]);
    expect(masks.hide("a b\nc")).toBe("a b\nc");
  });

  it("leaves PEM armour and the braces of a key file readable", () => {
    const masks = createMasks();
    masks.add("-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n{\n}\n");
    expect(masks.hide('expected "-----BEGIN PRIVATE KEY-----", got {} MIGHAgEA')).toBe(
      'expected "-----BEGIN PRIVATE KEY-----", got {} ***',
    );
  });

  it("hides the longer of two secrets first", () => {
    const masks = createMasks();
    masks.add("token");
    masks.add("token-of-bob");
    expect(masks.hide("token-of-bob")).toBe("***");
  });

  it("tells each spelling once", () => {
    const masks = createMasks();
    expect(masks.add("hunter22")).toEqual(["hunter22", "aHVudGVyMjI="]);
    expect(masks.add("hunter22")).toEqual([]);
  });

  it("knows whether a text holds a secret", () => {
    const masks = createMasks();
    masks.add("hunter22");
    expect(masks.holds("xhunter22x")).toBe(true);
    expect(masks.holds("hunter 22")).toBe(false);
  });

  it("leaves no secret in any text around it", () => {
    const word = fc.stringMatching(/^[a-z0-9]{4,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.array(word), fc.string(), (secrets, others, text) => {
        const masks = createMasks();
        masks.add(secrets.join("\n"));
        for (const other of others) masks.add(other);
        const shown = masks.hide(`${text}${secrets.join(" ")}${others.join("")}${secrets.join("\n")}`);
        for (const secret of [...secrets, ...others]) expect(shown).not.toContain(secret);
      }),
    );
  });
});
