import { expect, test } from "vitest";
import { digestOf, hexOf, isDigest, shortDigest } from "./digest.ts";
import { emptyJson } from "./media-types.ts";

const hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("is SHA-256 in lower case", () => {
  expect(digestOf("")).toBe(`sha256:${hex}`);
  expect(digestOf(new Uint8Array())).toBe(`sha256:${hex}`);
  expect(hexOf(digestOf(""))).toBe(hex);
  expect(shortDigest(digestOf(""))).toBe("sha256:e3b0c44298fc…");
});

test("of the empty JSON object is the specification's", () => {
  expect(digestOf(emptyJson.bytes)).toBe(emptyJson.descriptor.digest);
  expect(emptyJson.bytes).toHaveLength(emptyJson.descriptor.size);
});

test.each([
  [`sha256:${hex}`, true],
  [hex, false],
  [`sha256:${hex}\n`, false],
  [`sha256:${hex.slice(1)}`, false],
  [`sha256:${hex}0`, false],
  [`sha256:${hex.toUpperCase()}`, false],
  [`SHA256:${hex}`, false],
  [`sha256-${hex}`, false],
  [`sha512:${hex}${hex}`, false],
  [`sha256:${"../".repeat(21)}a`, false],
  ["", false],
])("is %j a digest?", (text, answer) => {
  expect(isDigest(text)).toBe(answer);
});
