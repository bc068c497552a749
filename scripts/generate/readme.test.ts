import { describe, expect, test } from "vitest";
import { defineStep } from "../../src/contract/index.ts";
import { fixture } from "./fixture-contract.ts";
import { readme } from "./readme.ts";

const begin = /<!-- generated:begin .* -->/;
const end = "<!-- generated:end -->";

describe("readme", () => {
  const made = readme(fixture, undefined);

  test("begins with what the contract says when there is none yet", () => {
    expect(made).toMatch(
      /^# slipway weigh-anchor\n\nRaise the anchor of a ship\.\n\nFirst paragraph\.\n\nSecond paragraph\.\n\n<!--/,
    );
    expect(made).toMatch(begin);
    expect(made.endsWith(`${end}\n`)).toBe(true);
  });

  test("changes nothing the second time", () => {
    expect(readme(fixture, made)).toBe(made);
  });

  test("keeps every byte outside the markers", () => {
    const before = "# Mine\r\n\r\n\ttabs,  two spaces, $& and $1\r\n";
    const after = "\n\n\nlast words, without a line break";
    const existing = `${before}<!-- generated:begin by an older version -->old<!-- generated:end -->${after}`;
    const written = readme(fixture, existing);
    expect(written.startsWith(before)).toBe(true);
    expect(written.endsWith(after)).toBe(true);
    expect(written).not.toContain("old<");
    expect(written).toContain("| `key` | secret | **required** |");
  });

  test("adds its part to a README that has no markers", () => {
    const written = readme(fixture, "# Mine\n");
    expect(written.startsWith("# Mine\n\n<!-- generated:begin")).toBe(true);
    expect(readme(fixture, written)).toBe(written);
  });

  test.each([
    ["only the first", "<!-- generated:begin -->"],
    ["only the last", "<!-- generated:end -->"],
    ["the wrong order", "<!-- generated:end --><!-- generated:begin -->"],
    ["one twice", "<!-- generated:begin --><!-- generated:begin --><!-- generated:end -->"],
  ])("refuses markers that do not pair: %s", (_, text) => {
    expect(() => readme(fixture, text)).toThrow("actions/weigh-anchor/README.md needs exactly one generated:begin");
  });

  test("shows only the hosts that the step runs on", () => {
    const local = defineStep({ name: "x", summary: "S.", details: "D.", hosts: ["cli"], inputs: {}, outputs: {} });
    const text = readme(local, undefined);
    expect(text).toContain("### Command line\n\n```sh\nslipway x\n```");
    expect(text).not.toMatch(/### (GitHub|Tekton)/);
    expect(text).toContain("## Inputs\n\nNone.\n\n## Outputs\n\nNone.");
  });

  test("says where secrets come from on Tekton, and what their absence means", () => {
    expect(made).toContain("| `key` | `key-secret` | `slipway-key` | `key-secret-key` | `key` | refused |");
    expect(made).toContain(
      "| `password` | `password-secret` | `slipway-password` | `password-secret-key` | `password` | not given |",
    );
  });
});
