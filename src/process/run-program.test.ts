import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isGone } from "../../test/support/is-gone.ts";
import { thrownBy } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { systemCode } from "../errors/index.ts";
import { type ProgramRun, runProgram } from "./run-program.ts";

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
});
afterAll(() => root[Symbol.asyncDispose]());

/** Runs lines of a shell in the test's directory. */
function shell(lines: string, more: Partial<ProgramRun> = {}) {
  return runProgram({
    program: "sh",
    args: ["-c", lines],
    env: { PATH: "/usr/bin:/bin" },
    cwd: root.path,
    limits: { stdout: 1000, stderr: 1000 },
    signal: new AbortController().signal,
    ...more,
  });
}

const text = (lines: string, more?: Partial<ProgramRun>) => shell(lines, more).then(({ stdout }) => String(stdout));

/** The process whose id a program wrote. */
async function written(name: string): Promise<number> {
  while (!existsSync(root.at(name))) await after(5);
  return Number(await readFile(root.at(name), "utf8"));
}

/** Writes an id so that nobody reads half of it. */
const note = (id: string, name: string) => `echo ${id} > ${name}.new; mv ${name}.new ${name}`;

describe("a program", () => {
  it("gets its arguments as they are, its input, its directory and no other variables than its own", async () => {
    process.env["SLIPWAY_TEST_SECRET"] = "inherited";
    const args = ["-c", 'printf "%s|" "$@"; cat; env | cut -d= -f1 | sort | tr "\\n" " "; pwd', "sh"];
    const given = ["a b", "$HOME;ls", "*", ""];
    const env = { PATH: "/usr/bin:/bin", OWN: "1", ABSENT: undefined };
    const outcome = await shell("", { args: [...args, ...given], env, input: "in" });
    delete process.env["SLIPWAY_TEST_SECRET"];
    expect(String(outcome.stdout)).toBe(`a b|$HOME;ls|*||inOWN PATH PWD ${root.path}\n`);
    expect(outcome).toMatchObject({ code: 0, signal: null, stopped: undefined });
  });

  it("is judged by the caller: its status, the signal that ended it, and its words are only told", async () => {
    expect(await shell("echo out; echo err >&2; exit 7")).toEqual({
      code: 7,
      signal: null,
      stdout: Buffer.from("out\n"),
      stderr: Buffer.from("err\n"),
      stopped: undefined,
    });
    expect(await shell("kill -TERM $$")).toMatchObject({ code: null, signal: "SIGTERM", stopped: undefined });
  });

  it("that is given nothing reads nothing, and may leave unread what it is given", async () => {
    expect(await text("cat; echo end")).toBe("end\n");
    expect(await text("exec <&-; echo end", { input: "x".repeat(1_000_000) })).toBe("end\n");
  });

  it("may write as much as its limit, and is killed for a byte more", async () => {
    const limits = { stdout: 1000, stderr: 1000 };
    expect(await shell("head -c 1000 /dev/zero", { limits })).toMatchObject({ code: 0, stopped: undefined });
    const more = await shell("head -c 1001 /dev/zero; sleep 60", { limits });
    expect([more.stopped, more.stdout.length, more.signal]).toEqual(["output", 1000, "SIGKILL"]);
  });

  it("may write any amount to stderr: the first of it is kept", async () => {
    const { code, stderr } = await shell("echo first >&2; head -c 1000000 /dev/zero >&2; exit 3");
    expect([code, stderr.length, String(stderr.subarray(0, 5))]).toEqual([3, 1000, "first"]);
    const none = await shell("echo lost >&2", { limits: { stdout: 1, stderr: 0 } });
    expect([none.code, none.stderr.length]).toEqual([0, 0]);
  });

  it("that does not end is killed with all that it started", async () => {
    const outcome = await shell(`sleep 60 & ${note("$!", "slow")}; wait`, { timeLimit: 300 });
    expect(outcome).toMatchObject({ stopped: "time", signal: "SIGKILL", code: null });
    expect(await isGone(await written("slow"))).toBe(true);
  });

  it("that leaves something in the background is not waited for, however long it may take", async () => {
    const outcome = await shell(`sleep 60 & ${note("$!", "daemon")}; echo done`, { timeLimit: 1000 });
    expect([outcome.code, outcome.stopped, String(outcome.stdout)]).toEqual([0, undefined, "done\n"]);
    process.kill(await written("daemon"), "SIGKILL");
  });

  it("is killed with all that it started when the signal aborts, whose reason is thrown", async () => {
    const controller = new AbortController();
    const ran = thrownBy(() => shell(`sleep 60 & ${note("$!", "waiting")}; wait`, { signal: controller.signal }));
    const pid = await written("waiting");
    const interrupted = new Error("interrupted");
    controller.abort(interrupted);
    expect(await ran).toBe(interrupted);
    expect(await isGone(pid)).toBe(true);
    expect(await thrownBy(() => shell("echo $$ > never", { signal: controller.signal }))).toBe(interrupted);
    expect(existsSync(root.at("never"))).toBe(false);
  });

  it.each<[string, string, Partial<ProgramRun>]>([
    ["is not there", "ENOENT", { program: "slipway-has-no-such-program" }],
    ["is not in the PATH that it is given", "ENOENT", { env: { PATH: "/nowhere" } }],
    ["may not be run", "EACCES", { program: "/etc/passwd" }],
    ["has no directory", "ENOENT", { cwd: "/nowhere" }],
    ["has an argument that no program can be given", "ERR_INVALID_ARG_VALUE", { args: ["a\0b"] }],
  ])("that %s is a system error", async (_, code, more) => {
    expect(systemCode(await thrownBy(() => shell("", more)))).toBe(code);
  });
});
