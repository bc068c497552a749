import { expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { readInputs } from "./read-inputs.ts";
import { reachOf, registryInputs } from "./registry-inputs.ts";

function reach(texts: Record<string, string>) {
  const values = readInputs({ name: "pull", inputs: registryInputs }, texts, { directory: "/project", env: {} });
  return reachOf(values, { info: () => {} });
}

it("says nothing where nothing was given", () => {
  expect(reach({ "plain-http": " ", "ca-file": "" })).toMatchObject({ plainHttp: undefined, caFile: undefined });
});

it.each([
  ["registry.local:5000", ["registry.local:5000"]],
  ["a.local, b.local:80\nc", ["a.local", "b.local:80", "c"]],
  ["[fd00::1]:5000 10.0.0.1", ["[fd00::1]:5000", "10.0.0.1"]],
])("reads the hosts %j", (text, plainHttp) => {
  expect(reach({ "plain-http": text, "ca-file": "keys/ca.pem" })).toMatchObject({
    plainHttp,
    caFile: "/project/keys/ca.pem",
  });
});

it.each([
  "http://registry.local",
  "registry.local/path",
  "registry.local:99999",
  "*.local",
  "erin:pa55@registry.local",
])("refuses %j for a host", async (text) => {
  const { message } = await expectError("INPUT_INVALID", () => reach({ "plain-http": text }));
  expect(message).toContain("a host such as registry.local:5000");
});

it("does not take a switch for a host without saying so", async () => {
  for (const word of ["true", "false"]) await expectError("INPUT_INVALID", () => reach({ "plain-http": word }));
});
