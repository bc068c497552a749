import { describe, expect, it } from "vitest";
import { digestOf } from "./digest.ts";
import { isLayerTag, layerFamily, layerTag } from "./layer-tag.ts";

describe("the own tag of a layer", () => {
  it.each(["signature", "attestation"] as const)("of a %s is known for one, and is of its family", (kind) => {
    const tag = layerTag("1.0.0-default", kind, digestOf("x"));
    expect(isLayerTag(tag)).toBe(true);
    expect(tag.startsWith(layerFamily("1.0.0-default", kind))).toBe(true);
  });

  it.each([
    "1.0.0-default",
    "1.0.0-default_staging",
    "1.0.0-default_sig-00112233.run.1",
    "1.0.0-default_att-0011223344556677.run.1",
    "1.0.0-default_att-0011223344556677.1.1",
    "1.0.0-default_custom-00112233.run.1",
    "1.0.0-default_att-001122334455667",
    "1.0.0-default_att-00112233445566778",
  ])("is not %s", (tag) => {
    expect(isLayerTag(tag)).toBe(false);
  });
});
