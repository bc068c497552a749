import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { succeed } from "../support/command-line.ts";
import { peer, run } from "./peers.ts";

it("the workflow that init writes has no finding of actionlint and zizmor", async () => {
  const work = await mkdtemp(join(tmpdir(), "slipway-workflow-"));
  try {
    await mkdir(join(work, "model"));
    await writeFile(join(work, "model", "model.gguf"), "GGUF");
    await succeed(["init", "model", "--name", "seg", "--actions", `example/slipway@${"a".repeat(40)}`], work);
    const workflow = join(work, ".github", "workflows", "release-model.yml");
    const linted = await run(peer("actionlint"), ["-no-color", workflow]);
    expect(linted.code, linted.stdout).toBe(0);
    const audited = await run(peer("zizmor"), ["--offline", "--no-progress", workflow]);
    expect(audited.code, audited.stdout + audited.stderr).toBe(0);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
