import { expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { parseNamespaceLabel } from "./namespace-label.ts";

it.each([
  ["environment=production", "environment", "production"],
  ["policy.sigstore.dev/include=true", "policy.sigstore.dev/include", "true"],
  ["slipway=", "slipway", ""],
])("%s is a label", (text, name, value) => {
  expect(parseNamespaceLabel(text)).toEqual({ name, value });
});

it.each([
  "",
  "environment",
  "=production",
  "a b=c",
  "a=b=c",
  "a=b c",
  "-a=b",
  "a/b/c=d",
  `a=${"x".repeat(64)}`,
  "a=b\nc",
])("%j is none", async (text) => {
  await expectError("NAMESPACE_LABEL_INVALID", () => parseNamespaceLabel(text));
});
