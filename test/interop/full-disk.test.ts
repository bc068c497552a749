import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { writeModelYaml } from "../support/model-yaml.ts";
import { run } from "./peers.ts";

/*
 * A disk that is really full: a file system of 3 MB, in a mount namespace of its own, which ends with the process.
 */

const slipway = resolve(import.meta.dirname, "../../dist/slipway.js");
const isRoot = process.getuid?.() === 0;

// Two runs on one small disk: the second has room, because the file that was in the way is gone.
const script = `
mount -t tmpfs -o size=3m tmpfs small
head -c 1500000 /dev/zero > small/in-the-way
"$@" package model.yaml --store oci:small/store --json > first.json
echo $? > first.status
find small -type f > first.files
rm small/in-the-way
"$@" package model.yaml --store oci:small/store --json > second.json
echo $? > second.status
cat first.json first.status first.files second.status
`;

it.runIf(isRoot)("package on a full disk: nothing tagged, nothing left, and room is all it takes", async () => {
  const work = await mkdtemp(join(tmpdir(), "slipway-full-disk-"));
  try {
    await mkdir(join(work, "model"));
    await mkdir(join(work, "small"));
    await writeFile(join(work, "model", "weights.safetensors"), Buffer.alloc(2_000_000, 1));
    await writeModelYaml(work, { name: "full/disk", version: "1.0.0" });
    const args = ["--mount", "--propagation", "private", "sh", "-c", script, "sh", process.execPath, slipway];
    const { code, stdout, stderr } = await run("unshare", args, { cwd: work });
    expect(code, stderr).toBe(0);
    const [first = "", firstStatus, ...rest] = stdout.trim().split("\n");
    expect(JSON.parse(first)).toMatchObject({ ok: false, error: { code: "STORE_FULL", family: "temporary" } });
    expect(firstStatus).toBe("4");
    expect(rest.at(-1)).toBe("0");
    expect(rest.filter((file) => /ingest|blobs/.test(file))).toEqual([]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
