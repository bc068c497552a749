import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { defineStep, registryInputs } from "../contract/index.ts";
import { tektonAdapter } from "./tekton.ts";

const contract = defineStep({ name: "pull", summary: "Pull.", details: "", inputs: registryInputs, outputs: {} });
let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
  await writeFile(root.at("there.crt"), "");
});
afterAll(() => root[Symbol.asyncDispose]());

it.each([
  ["that a ConfigMap brought is given, even if it is empty", () => root.at("there.crt"), true],
  ["that no ConfigMap brought was not given", () => root.at("missing.crt"), false],
  ["that is named by a relative path is looked for where the step runs", () => "missing.crt", true],
])("a file of authorities %s", (_, path, given) => {
  const inputs = tektonAdapter({ "INPUT_CA-FILE": path() }).inputs(contract, root.path);
  expect(inputs["ca-file"]).toBe(given ? path() : undefined);
});
