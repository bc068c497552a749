import { link, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, test } from "vitest";
import { startFile } from "../../../test/support/child.ts";
import { expectError, thrownBy } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { ownerToken, stagingName } from "../../content/index.ts";
import { type LockOptions, withLock } from "./lock.ts";

const program = new URL("./fixtures/lock-process.ts", import.meta.url);
const [place, pid, start] = ownerToken().split("-");
const dead = `${place}-${pid}-${Number(start) + 1}`;
const elsewhere = `0123456789ab-${pid}-${start}`;

const options = (changes: Partial<LockOptions> = {}): LockOptions => ({
  patience: 5000,
  signal: new AbortController().signal,
  ...changes,
});

describe("one at a time", () => {
  it("gives what the work gives, and leaves one released lock and nothing else", async () => {
    await using root = await temporaryDirectory();
    for (const turn of [1, 2, 3]) expect(await withLock(root.at("lock"), options(), async () => turn)).toBe(turn);
    const [name = "", ...others] = await readdir(root.at("lock"));
    expect(others).toEqual([]);
    expect(await readFile(root.at("lock", name), "utf8")).toBe("released".padEnd(64));
  });

  it("is released when the work fails, whose error is thrown", async () => {
    await using root = await temporaryDirectory();
    const fault = new Error("the work failed");
    expect(await thrownBy(() => withLock(root.path, options(), () => Promise.reject(fault)))).toBe(fault);
    expect(await withLock(root.path, options({ patience: 0 }), async () => "next")).toBe("next");
  });

  it("30 waiters within one process", async () => {
    await using root = await temporaryDirectory();
    let [inside, count] = [0, 0];
    const turn = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      const before = count;
      await sleep(1);
      count = before + 1;
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 30 }, () => withLock(root.path, options({ patience: 20_000 }), turn)));
    expect(count).toBe(30);
    expect(await readdir(root.path)).toHaveLength(1);
  });

  it("locks of two directories have nothing to do with each other", async () => {
    await using root = await temporaryDirectory();
    const both = withLock(root.at("a"), options(), () => withLock(root.at("b"), options(), async () => "both"));
    expect(await both).toBe("both");
  });
});

describe("many processes, of which some are killed", { timeout: 60_000 }, () => {
  test("never two inside, no update lost, and all that live finish", async () => {
    await using root = await temporaryDirectory();
    const [processes, lanes, turns] = [6, 3, 20];
    const children = Array.from({ length: processes }, () => startFile(program, ["count", root.path, String(turns)]));
    // Half of them are killed at some moment after their first entry: outside, waiting, inside, taking, releasing.
    const doomed = children.slice(0, processes / 2);
    for (const child of doomed) {
      void child.line().then(async () => {
        await sleep(Math.random() * 400);
        child.process.kill("SIGKILL");
      });
    }
    const ends = await Promise.all(children.map((child) => child.ended));
    const survivors = ends.slice(processes / 2);
    expect(survivors.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      survivors.map(() => ({ code: 0, stderr: "" })),
    );
    expect(doomed.some((child) => child.process.signalCode === "SIGKILL")).toBe(true);

    const journal = (await readFile(root.at("journal"), "utf8")).trim().split("\n");
    const counts = journal.map((line) => Number(line.split(" ")[2]));
    expect(new Set(counts).size).toBe(counts.length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    for (const child of children.slice(processes / 2)) {
      expect(journal.filter((line) => line.startsWith(`${child.process.pid} `))).toHaveLength(lanes * turns);
    }
    expect(await readdir(root.path)).not.toContain("broken");
    // Whoever takes the lock next clears away what the killed ones left.
    await withLock(root.at("lock"), options(), async () => {});
    expect(await readdir(root.at("lock"))).toHaveLength(1);
  });

  test("a killed holder is noticed within a second, by one who has waited long", async () => {
    await using root = await temporaryDirectory();
    await using holder = startFile(program, ["hold", root.at("lock")]);
    await holder.line();
    const entered = withLock(root.at("lock"), options({ patience: 30_000 }), async () => performance.now());
    // Long enough for the waiting to have slowed down as far as it does.
    await sleep(1100);
    const killed = performance.now();
    holder.process.kill("SIGKILL");
    expect((await entered) - killed).toBeLessThan(1000);
  });
});

describe("patience", { timeout: 20_000 }, () => {
  it("ends with STORE_BUSY, which names the process that holds the lock", async () => {
    await using root = await temporaryDirectory();
    await using holder = startFile(program, ["hold", root.at("lock")]);
    await holder.line();
    const started = performance.now();
    const work = () => expect.unreachable();
    const error = await expectError("STORE_BUSY", () => withLock(root.at("lock"), options({ patience: 200 }), work));
    expect(performance.now() - started).toBeGreaterThan(200);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(error.family).toBe("temporary");
    expect(error.message).toContain(`the process ${holder.process.pid}`);
    expect(error.message).toContain(root.at("lock"));
    expect(await readdir(root.at("lock"))).toHaveLength(1);
  });

  it("ends at once with the signal's reason when it is aborted", async () => {
    await using root = await temporaryDirectory();
    await using holder = startFile(program, ["hold", root.at("lock")]);
    await holder.line();
    const abort = new AbortController();
    const work = () => expect.unreachable();
    const waiting = thrownBy(() => withLock(root.at("lock"), options({ signal: abort.signal }), work));
    await sleep(100);
    const reason = new Error("enough");
    const aborted = performance.now();
    abort.abort(reason);
    expect(await waiting).toBe(reason);
    expect(performance.now() - aborted).toBeLessThan(100);
  });

  it("is not tried when the signal was aborted before, even if the lock is free", async () => {
    await using root = await temporaryDirectory();
    const signal = AbortSignal.abort("too late");
    expect(await thrownBy(() => withLock(root.path, options({ signal }), () => expect.unreachable()))).toBe("too late");
    expect(await readdir(root.path)).toEqual([]);
  });
});

describe("a lock that a process elsewhere holds", () => {
  it.each([elsewhere, "", "\0".repeat(64), "what is this"])(
    "%j is free once it stood still long enough",
    async (owner) => {
      await using root = await temporaryDirectory();
      await holdByHand(root, 7, owner);
      // Longer than the patience: whoever gave up before would leave the lock to a dead holder for ever.
      const taken = withLock(root.path, options({ patience: 0, deadAfter: 150 }), async () => performance.now());
      const started = performance.now();
      expect((await taken) - started).toBeGreaterThan(150);
      expect(await readdir(root.path)).toEqual(["lock.8"]);
    },
  );

  it("is respected while it is touched", async () => {
    await using root = await temporaryDirectory();
    const path = await holdByHand(root, 7, elsewhere);
    // By a clock that is wrong: only that the time changes counts.
    let time = 1000;
    const heartbeat = setInterval(() => {
      time += 1;
      utimes(path, time, time).catch(() => {});
    }, 20);
    const busy = () => withLock(root.path, options({ patience: 400, deadAfter: 150 }), () => expect.unreachable());
    expect((await expectError("STORE_BUSY", busy)).message).toContain("on another machine or in another container");
    clearInterval(heartbeat);
    expect(await withLock(root.path, options({ patience: 0, deadAfter: 100 }), async () => "free")).toBe("free");
  });

  it("is free at once when it was released", async () => {
    await using root = await temporaryDirectory();
    await holdByHand(root, 7, "released".padEnd(64));
    expect(await withLock(root.path, options({ patience: 0 }), async () => "free")).toBe("free");
  });

  it("that took it over from this one: nothing more is written, and its lock stays", async () => {
    await using root = await temporaryDirectory();
    const write = async (requireHeld: () => Promise<void>): Promise<void> => {
      await requireHeld();
      // What a process elsewhere does when this one has been still for a minute.
      const [own = ""] = await readdir(root.path);
      const next = Number(own.slice("lock.".length)) + 1;
      await holdByHand(root, next, elsewhere);
      await rm(root.at(own));
      await requireHeld();
      expect.unreachable();
    };
    const error = await expectError("STORE_BUSY", () => withLock(root.path, options(), write));
    expect(error.message).toContain("took over");
    const [left = "", ...others] = await readdir(root.path);
    expect(others).toEqual([]);
    expect(await readFile(root.at(left), "utf8")).toBe(elsewhere);
  });
});

describe("leavings", () => {
  it("a dead holder's lock and dead processes' drafts go; living ones' drafts and other files stay", async () => {
    await using root = await temporaryDirectory();
    await holdByHand(root, 3, dead);
    await holdByHand(root, 2, "released");
    const staying = [stagingName("draft"), "announced", "lock", "lock.x", "lock.01", "draft.txt"];
    for (const name of [...staying, `draft.${dead}.00000001`, `draft.${dead}.00000002`])
      await writeFile(root.at(name), "");
    await withLock(root.path, options({ patience: 0 }), async () => {});
    expect((await readdir(root.path)).sort()).toEqual([...staying, "lock.4"].sort());
  });
});

/** A lock file as another process would have made it. */
async function holdByHand(root: Temporary, generation: number, owner: string): Promise<string> {
  const path = root.at(`lock.${generation}`);
  await mkdir(root.path, { recursive: true });
  await writeFile(root.at("by-hand"), owner);
  await link(root.at("by-hand"), path);
  await rm(root.at("by-hand"));
  return path;
}
