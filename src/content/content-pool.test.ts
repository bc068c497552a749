import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { lstatSync } from "node:fs";
import { appendFile, open, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import { thrownBy } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { ContentError, ContentPool } from "./content-pool.ts";
import { identityOf } from "./content-task.ts";

const MiB = 1024 * 1024;
/** Large enough that reading it takes longer than anything that a test does meanwhile. */
const huge = 64 * 1024 * MiB;

describe("hashes and copies", () => {
  test.each([
    ["in place", 0],
    ["in place", MiB + 1],
    ["in place", 16 * MiB - 1],
    ["in a thread", 16 * MiB],
    ["in a thread", 20 * MiB],
    ["in a thread", 40 * MiB + 1],
  ])("%s, %i bytes", async (_, size) => {
    await using root = await temporaryDirectory();
    await using pool = openPool();
    const content = randomBytes(size);
    await writeFile(root.at("source"), content);
    const steps: number[] = [];
    const task = { source: root.at("source"), size, target: root.at("copy"), mode: 0o640 };
    const result = await pool.run(task, (bytes) => void steps.push(bytes));
    expect(result).toEqual({ sha256: sha256(content), size });
    expect((await readFile(root.at("copy"))).equals(content)).toBe(true);
    expect(lstatSync(root.at("copy")).mode & 0o777).toBe(0o640 & ~process.umask());
    expect(steps.reduce((sum, bytes) => sum + bytes, 0)).toBe(size);
    expect(steps.length).toBeLessThanOrEqual(size / MiB + 2);
  });

  it("gives each of many files its own digest, with fewer threads than files", async () => {
    await using root = await temporaryDirectory();
    await using pool = openPool();
    const sizes = [17, 1, 16, 0, 18, 3, 16.5, 2].map((size) => size * MiB);
    const expected = await Promise.all(
      sizes.map(async (size, index) => {
        const content = randomBytes(size);
        await writeFile(root.at(String(index)), content);
        return { sha256: sha256(content), size };
      }),
    );
    const results = sizes.map((size, index) => pool.run({ source: root.at(String(index)), size }));
    expect(await Promise.all(results)).toEqual(expected);
  });

  it("works on when a file failed, in place and in a thread", async () => {
    await using root = await temporaryDirectory();
    await using pool = openPool({ threads: 1 });
    for (const size of [1, 20 * MiB]) {
      await writeFile(root.at("good"), Buffer.alloc(size));
      const failed = thrownBy(() => pool.run({ source: root.at("gone"), size }));
      const succeeded = pool.run({ source: root.at("good"), size });
      expect(await failed).toMatchObject({ name: "ContentError", kind: "changed", task: { source: root.at("gone") } });
      expect((await succeeded).size).toBe(size);
    }
  });

  it("in several pools at once, of which one is closed", async () => {
    await using root = await temporaryDirectory();
    const size = 20 * MiB;
    await writeFile(root.at("source"), Buffer.alloc(size));
    await using first = openPool();
    await using second = openPool();
    const results = [first, second, first, second].map((pool) => pool.run({ source: root.at("source"), size }));
    const outcomes = Promise.allSettled(results);
    await results[0];
    await first.close();
    expect((await Promise.all([results[1], results[3]])).map((result) => result?.size)).toEqual([size, size]);
    await outcomes;
  });
});

describe("a file that changes while a thread reads it fails, and its copy is removed", () => {
  const changes: Record<string, (source: string) => Promise<unknown>> = {
    "shrinks to nothing": (source) => truncate(source, 0),
    "shrinks below what was read": (source) => truncate(source, MiB),
  };
  test.each(Object.entries(changes))("%s", async (_, change) => {
    await using root = await temporaryDirectory();
    await using pool = openPool();
    const task = { ...(await sparse(root, huge)), target: root.at("copy") };
    const begun = Promise.withResolvers<void>();
    const failure = thrownBy(() => pool.run(task, () => begun.resolve()));
    await begun.promise;
    await change(task.source);
    expect(await failure).toMatchObject({ kind: "changed" });
    expect(await readdir(root.path)).toEqual(["source"]);
  });

  test.each(["grows", "is touched"])("%s", async (how) => {
    await using root = await temporaryDirectory();
    await using pool = openPool();
    const task = await sparse(root, 96 * MiB);
    const begun = Promise.withResolvers<void>();
    const failure = thrownBy(() => pool.run(task, () => begun.resolve()));
    await begun.promise;
    await appendFile(task.source, "x");
    if (how === "is touched") await truncate(task.source, task.size);
    expect(await failure).toMatchObject({ kind: "changed" });
  });

  it("became a pipe before the thread came to it: nobody waits for its other end", { timeout: 5000 }, async () => {
    await using root = await temporaryDirectory();
    await using pool = openPool();
    const task = await sparse(root, 20 * MiB);
    await rm(task.source);
    await promisify(execFile)("mkfifo", [task.source]);
    expect(await thrownBy(() => pool.run(task))).toMatchObject({ kind: "changed" });
  });
});

describe("an abort", () => {
  it("ends a copy quickly, with the signal's reason, and when it is over nothing is left", async () => {
    await using root = await temporaryDirectory();
    const abort = new AbortController();
    await using pool = openPool({ signal: abort.signal, threads: 1 });
    const begun = Promise.withResolvers<void>();
    const source = await sparse(root, huge);
    const failure = thrownBy(() => pool.run({ ...source, target: root.at("copy") }, () => begun.resolve()));
    const queued = thrownBy(() => pool.run({ ...source, target: root.at("other") }));
    await begun.promise;
    const reason = new Error("enough");
    const started = performance.now();
    abort.abort(reason);
    expect(await failure).toBe(reason);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(await readdir(root.path)).toEqual(["source"]);
    expect(await queued).toBe(reason);
  });

  it("before the first byte leaves nothing either, however often", async () => {
    await using root = await temporaryDirectory();
    const source = await sparse(root, huge);
    for (let trial = 0; trial < 8; trial += 1) {
      const abort = new AbortController();
      await using pool = openPool({ signal: abort.signal });
      const failure = thrownBy(() => pool.run({ ...source, target: root.at(`copy-${trial}`) }));
      await sleep(trial * 8);
      abort.abort();
      await failure;
      expect(await readdir(root.path)).toEqual(["source"]);
    }
  });

  it("that came before the pool was made is noticed", async () => {
    await using root = await temporaryDirectory();
    await using pool = openPool({ signal: AbortSignal.abort("too late") });
    for (const size of [1, 20 * MiB]) {
      expect(await thrownBy(() => pool.run({ source: root.at("source"), size, target: root.at("copy") }))).toBe(
        "too late",
      );
    }
    expect(await readdir(root.path)).toEqual([]);
  });
});

describe("close", () => {
  it("rejects what runs and what waits, each when nothing writes any more, and may be called again", async () => {
    await using root = await temporaryDirectory();
    const pool = openPool();
    const source = await sparse(root, huge);
    const begun = Promise.withResolvers<void>();
    const failures = ["a", "b", "c"].map(async (name) => {
      const thrown = await thrownBy(() => pool.run({ ...source, target: root.at(name) }, () => begun.resolve()));
      expect(await readdir(root.path)).not.toContain(name);
      return thrown;
    });
    await begun.promise;
    await Promise.all([pool.close(), pool.close()]);
    await pool.close();
    for (const failure of await Promise.all(failures)) {
      expect(failure).not.toBeInstanceOf(ContentError);
      expect(failure).toMatchObject({ message: "the content pool was closed" });
    }
    expect(await readdir(root.path)).toEqual(["source"]);
  });

  it("is for ever: no later task starts a thread or writes a file", async () => {
    await using root = await temporaryDirectory();
    const pool = openPool();
    await pool.close();
    for (const size of [1, 20 * MiB]) {
      await writeFile(root.at("source"), Buffer.alloc(size));
      const failure = await thrownBy(() => pool.run({ source: root.at("source"), size, target: root.at("copy") }));
      expect(failure).toMatchObject({ message: "the content pool was closed" });
      expect(await readdir(root.path)).toEqual(["source"]);
    }
  });

  it("reaches small files that still wait for their turn", async () => {
    await using root = await temporaryDirectory();
    const pool = openPool();
    await writeFile(root.at("source"), "x");
    const outcomes = Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        pool.run({ source: root.at("source"), size: 1, target: root.at(`copy-${index}`) }),
      ),
    );
    await pool.close();
    const before = (await readdir(root.path)).length;
    const rejected = (await outcomes).filter(({ status }) => status === "rejected").length;
    expect(rejected).toBeGreaterThan(0);
    expect(await readdir(root.path)).toHaveLength(before);
  });

  it("leaves a good copy alone that a new file of the same name replaced", async () => {
    await using root = await temporaryDirectory();
    const pool = openPool();
    const source = await sparse(root, huge);
    await writeFile(root.at("copy"), "precious");
    const failure = thrownBy(() => pool.run({ ...source, target: root.at("copy") }));
    expect(await failure).toMatchObject({ kind: "unwritable" });
    await pool.close();
    expect(await readFile(root.at("copy"), "utf8")).toBe("precious");
    await rename(root.at("copy"), root.at("kept"));
  });
});

function openPool(options: { readonly signal?: AbortSignal; readonly threads?: number } = {}): ContentPool {
  return new ContentPool({ signal: options.signal ?? new AbortController().signal, threads: options.threads ?? 2 });
}

/** A file of that size that takes no room. */
async function sparse(root: Temporary, size: number) {
  const source = root.at("source");
  await using file = await open(source, "wx");
  await file.truncate(size);
  await sleep(8);
  return { source, size, identity: identityOf(lstatSync(source, { bigint: true })) };
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
