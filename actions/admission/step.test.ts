import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { quietHost } from "../../test/support/quiet-host.ts";
import { expectError } from "../../test/support/refusal.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { contract } from "./contract.ts";
import { run } from "./step.ts";

const example = join(import.meta.dirname, "../../deploy/admission/example");
const usual = { environment: "production", images: "registry.example.com/models/**" };

async function admission(output: string, more: Readonly<Record<string, string>> = {}) {
  const host = quietHost(example);
  const inputs = readInputs(contract, { ...usual, output, ...more }, { directory: example, env: {} });
  return { ...(await run(inputs, host)), lines: host.lines };
}

describe("slipway admission", () => {
  // Written again by: npx vitest run --project unit actions/admission --update
  it("writes what deploy/admission/example holds", async () => {
    await using work = await temporaryDirectory();
    await admission(work.path);
    const files = await readdir(work.path);
    expect(files.sort()).toEqual(["kyverno-production.yaml", "policy-controller-production.yaml"]);
    for (const file of files) {
      await expect(await readFile(work.at(file), "utf8")).toMatchFileSnapshot(join(example, file));
    }
  });

  it("says who counts, who does not and what it wrote", async () => {
    await using work = await temporaryDirectory();
    const { outputs, summary, lines } = await admission(work.path, { engine: "kyverno" });
    expect(outputs["left-out"]).toBe(1);
    expect(outputs.files).toMatch(/kyverno-production\.yaml$/);
    expect(lines).toEqual(['left out: "release-ci-2025" was valid only until 2026-01-01T00:00:00.000Z']);
    expect(summary.facts).toEqual(
      expect.arrayContaining([
        { label: "signed by", value: "release-ci (builder)" },
        { label: "promoted by", value: "lead, deputy (platform-lead)" },
      ]),
    );
  });

  it("writes again what it wrote, whole, and touches nothing else", async () => {
    await using work = await temporaryDirectory();
    await admission(work.path);
    const first = await readFile(work.at("kyverno-production.yaml"), "utf8");
    await writeFile(work.at("kyverno-production.yaml"), "somebody's edit");
    await writeFile(work.at("mine.yaml"), "mine");
    await admission(work.path);
    expect(await readFile(work.at("kyverno-production.yaml"), "utf8")).toBe(first);
    expect(await readFile(work.at("mine.yaml"), "utf8")).toBe("mine");
    expect(await readdir(work.path)).toHaveLength(3);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["IMAGES_INVALID", { images: "models/**" }],
    ["NAMESPACE_LABEL_INVALID", { "namespace-label": "production" }],
    ["ENVIRONMENT_UNKNOWN", { environment: "prod" }],
    ["INPUT_INVALID", { engine: "gatekeeper" }],
  ])("writes nothing when it refuses with %s", async (code, wrong) => {
    await using work = await temporaryDirectory();
    await expectError(code, () => admission(work.path, wrong));
    expect(await readdir(work.path)).toEqual([]);
  });

  it("says where it cannot write", async () => {
    await using work = await temporaryDirectory();
    await writeFile(work.at("taken"), "a file");
    const error = await expectError("POLICIES_UNWRITABLE", () => admission(work.at("taken")));
    expect(error.message).toContain("kyverno-production.yaml");
  });
});
