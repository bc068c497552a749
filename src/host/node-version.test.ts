import { expect, it } from "vitest";
import { requireNode } from "./node-version.ts";

it.each(["24.0.0", "24.21.0", "26.1.0", "100.0.0"])("takes Node %s", (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

it.each(["22.22.2", "20.20.2", "8.0.0", ""])("refuses Node %j", (version) => {
  expect(() => requireNode(version)).toThrow(
    expect.objectContaining({ code: "NODE_TOO_OLD", family: "configuration" }),
  );
});
