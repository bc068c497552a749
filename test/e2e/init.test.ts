import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { slipway, succeed } from "../support/command-line.ts";

/* A newcomer's first minute: a directory of files, `slipway init`, `slipway package`. */

let work: string;

beforeEach(async () => {
  work = join(await mkdtemp(join(tmpdir(), "slipway-init-")), "My Model");
  await mkdir(join(work, "checkpoint"), { recursive: true });
  await writeFile(join(work, "checkpoint", "model.gguf"), "GGUF");
  await writeFile(join(work, "checkpoint", "config.json"), '{"torch_dtype":"float16"}');
});
afterEach(() => rm(join(work, ".."), { recursive: true, force: true }));

describe("slipway init", () => {
  it("writes a model.yaml that package takes as it is", async () => {
    await succeed(["init", "checkpoint"], work);
    const declared = parse(await readFile(join(work, "model.yaml"), "utf8"));
    expect(declared).toMatchObject({ name: "my-model", version: "0.1.0" });
    const packed = await succeed(["package"], work);
    expect(packed["reference"]).toMatch(/^oci:out\/store\/my-model:0\.1\.0-[a-z0-9]+@sha256:[0-9a-f]{64}$/);
    const metadata = await succeed(["pull", packed["reference"] ?? "", "--target", "pulled"], work);
    expect(metadata["files"]).toBe(3);
    const adr = JSON.parse(await readFile(join(work, "pulled", "metadata.json"), "utf8"));
    expect(adr).toMatchObject({ name: "my-model", version: "0.1.0", model: { format: "gguf", precision: "fp16" } });
  });

  it("takes what it is told, and says where the actions come from", async () => {
    const actions = `example/slipway@${"a".repeat(40)}`;
    const args = [
      "init",
      "checkpoint",
      "--name",
      "retina/seg",
      "--owner",
      "vision@example.com",
      "--licence",
      "MIT",
      "--actions",
      actions,
    ];
    await succeed(args, work);
    expect(parse(await readFile(join(work, "model.yaml"), "utf8"))).toMatchObject({
      name: "retina/seg",
      owner: "vision@example.com",
      licence: "MIT",
    });
    const workflow = parse(await readFile(join(work, ".github", "workflows", "release-model.yml"), "utf8"));
    const uses = workflow.jobs.release.steps.flatMap((step: { uses?: string }) => step.uses ?? []);
    expect(uses).toContain(`example/slipway/actions/package@${"a".repeat(40)}`);
    // Every action is pinned to a commit.
    for (const action of uses) expect(action).toMatch(/@[0-9a-f]{40}$/);
    expect(workflow.permissions).toEqual({});
  });

  it("refuses a name that no registry takes, and writes nothing", async () => {
    const answer = await slipway(["init", "checkpoint", "--name", "Retina Seg"], work);
    expect(answer.code).toBe(2);
    await expect(readFile(join(work, "model.yaml"))).rejects.toThrow("ENOENT");
  });
});
