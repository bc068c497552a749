import { chmod, open, readdir, stat, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { startFile } from "../../test/support/child.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import type { ContentTask } from "./content-task.ts";

/* What only a process of its own shows: that it ends, and how much memory it took. */

const GiB = 1024 ** 3;
const timeout = 20_000;
/** SHA-256 of so many zeros. */
const zeros = { size: GiB / 2, sha256: "9acca8e8c22201155389f65abbf6bc9723edc7384ead80503839f49dcc56d767" };

describe("a process that uses a pool", { timeout }, () => {
  it("hashes 512 MiB with less than 200 MB of memory, and ends by itself", async () => {
    await using root = await temporaryDirectory();
    await makeSparse(root.at("source"), zeros.size);
    const { sha256, peak } = await run("hash", { source: root.at("source"), size: zeros.size });
    expect(sha256).toBe(zeros.sha256);
    expect(peak).toBeLessThan(200e6);
  });

  it("takes no more than 300 MB with all its threads, which run as TypeScript here", async () => {
    await using root = await temporaryDirectory();
    await makeSparse(root.at("source"), 20_000_000);
    const { peak } = await run("hash many", { source: root.at("source"), size: 20_000_000 });
    expect(peak).toBeLessThan(300e6);
  });

  it("ends by itself, at once, after an abort in the middle of a copy, and leaves no copy", async () => {
    await using root = await temporaryDirectory();
    await makeSparse(root.at("source"), 64 * GiB);
    const task = { source: root.at("source"), size: 64 * GiB, target: root.at("copy") };
    expect(await run("abort", task)).toEqual({ message: "enough" });
    expect(await readdir(root.path)).toEqual(["source"]);
  });

  it("ends by itself after the pool was closed while its thread started", async () => {
    await using root = await temporaryDirectory();
    await makeSparse(root.at("source"), 64 * GiB);
    const task = { source: root.at("source"), size: 64 * GiB, target: root.at("copy") };
    expect(await run("close while starting", task)).toEqual({ message: "the content pool was closed" });
    expect(await readdir(root.path)).toEqual(["source"]);
  });

  it("keeps no file open after failures", async () => {
    await using root = await temporaryDirectory();
    await writeFile(root.at("source"), "content");
    const { before, after } = await run("fail often", { source: root.at("source"), size: 7, target: root.at("copy") });
    expect(after).toBe(before);
  });
});

describe("what the system refuses", { timeout }, () => {
  it.for([100_000, 20_000_000])("no room for a copy of %i bytes: `no-space`, and nothing is left", async (size) => {
    await using root = await temporaryDirectory();
    await makeSparse(root.at("source"), size);
    const task = { source: root.at("source"), size, target: root.at("copy") };
    const outcome = await run("outcome", task, { under: ["prlimit", `--fsize=${size - 1}`] });
    expect(outcome).toMatchObject({ kind: "no-space" });
    expect(await readdir(root.path)).toEqual(["source"]);
    expect(await run("outcome", task, { under: ["prlimit", `--fsize=${size}`] })).toMatchObject({ size });
    expect((await stat(root.at("copy"))).size).toBe(size);
  });

  it("a source or a directory without permission: `unreadable`, `unwritable`", async () => {
    await using root = await temporaryDirectory();
    await writeFile(root.at("secret"), "content", { mode: 0o600 });
    await writeFile(root.at("public"), "content", { mode: 0o644 });
    await chmod(root.at("secret"), process.getuid?.() === 0 ? 0o600 : 0o000);
    const uid = process.getuid?.() === 0 ? 65534 : undefined;
    await chmod(root.path, 0o555);
    const unreadable = await run("outcome", { source: root.at("secret"), size: 7 }, { uid });
    const unwritable = await run("outcome", { source: root.at("public"), size: 7, target: root.at("copy") }, { uid });
    await chmod(root.path, 0o755);
    expect(unreadable).toMatchObject({ kind: "unreadable", message: expect.stringContaining("EACCES") });
    expect(unwritable).toMatchObject({ kind: "unwritable", message: expect.stringContaining("EACCES") });
  });
});

async function run(deed: string, task: ContentTask, how: Parameters<typeof startFile>[2] = {}) {
  const program = new URL("./fixtures/pool-process.ts", import.meta.url);
  await using child = startFile(program, [deed, JSON.stringify(task)], how);
  const { code, signal, stdout, stderr } = await child.ended;
  // Also no warning, as Node gives for files that are closed with a thread.
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
  return JSON.parse(stdout);
}

async function makeSparse(path: string, size: number): Promise<void> {
  await using file = await open(path, "wx");
  await file.truncate(size);
}
