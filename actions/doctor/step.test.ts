import { mkdir, readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { writeModelYaml } from "../../test/support/model-yaml.ts";
import { quietHost } from "../../test/support/quiet-host.ts";
import { expectError } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { contract } from "./contract.ts";
import { run } from "./step.ts";

let root: Temporary;
beforeEach(async () => {
  root = await temporaryDirectory();
});
afterEach(() => root[Symbol.asyncDispose]());

function doctor(texts: Readonly<Record<string, string>>) {
  const given = readInputs(contract, { store: "oci:store", ...texts }, { directory: root.path, env: {} });
  return run(given, quietHost(root.path));
}

describe("a layout directory", () => {
  it("that is not there yet will do", async () => {
    const { outputs, summary, refusal } = await doctor({});
    expect(outputs).toMatchObject({ verdict: "ok", failed: 0, warnings: 0, registry: "" });
    expect(summary.title).toBe("oci:store is fit for releases");
    expect(refusal).toBeUndefined();
  });

  it("that is something else is refused", async () => {
    await mkdir(root.at("store"));
    await writeFile(root.at("store", "letter.txt"), "");
    const { outputs, refusal } = await doctor({});
    expect(outputs).toMatchObject({ verdict: "failed", failed: 1 });
    expect(refusal?.message).toBe("oci:store will not do: layout");
  });
});

it("that gives no answer is refused, with what is known without it", async () => {
  await mkdir(root.at("model"));
  await writeFile(root.at("model", "weights.bin"), "1234567");
  const { outputs, refusal, summary } = await doctor({ store: "127.0.0.1:1/models/seg", model: "model" });
  expect(outputs.verdict).toBe("failed");
  expect(refusal?.details[0]).toContain("nobody listens there");
  expect(summary.facts).toContainEqual({ label: "model", value: "7 B, the largest file 7 B" });
  expect(JSON.stringify(summary.tables)).toContain("weights.bin has 7 B");
});

describe("the model", () => {
  it("may be a model.yaml, whose variants are looked at", async () => {
    await mkdir(root.at("model"));
    await writeFile(root.at("model", "weights.bin"), "1234567");
    await writeModelYaml(root.path, { name: "m", version: "1.0.0" });
    const { summary } = await doctor({ model: "model.yaml" });
    expect(summary.facts).toContainEqual({ label: "model", value: "7 B, the largest file 7 B" });
  });

  it.each([
    ["nothing", "MODEL_INPUT_UNREADABLE"],
    ["letter.txt", "MODEL_YAML_INVALID"],
  ])("that is %s is a mistake of the caller", async (model, code) => {
    await writeFile(root.at("letter.txt"), "Dear all");
    const error = await expectError(code, () => doctor({ model }));
    expect(error.family).toBe("configuration");
  });
});

describe("the report", () => {
  it("has the findings as JSON", async () => {
    await doctor({ report: "out/doctor.json" });
    const document = JSON.parse(await readFile(root.at("out", "doctor.json"), "utf8"));
    expect(document).toMatchObject({ store: "oci:store", registry: null, verdict: "ok", requests: 0 });
    expect(document.findings[0]).toMatchObject({ check: "layout", status: "ok" });
  });

  it("that cannot be written is a mistake of the caller", async () => {
    await writeFile(root.at("file"), "");
    await expectError("FINDINGS_UNWRITABLE", () => doctor({ report: "file/doctor.json" }));
  });
});
