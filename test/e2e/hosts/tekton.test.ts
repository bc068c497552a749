import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Ended,
  type Environment,
  revealed,
  type Start,
  scratch,
  secretLines,
  stackLines,
  start,
} from "./processes.ts";

const digest = `sha256:${"5f".repeat(32)}`;
const names = ["subject", "note", "bytes", "is-strict"];
const nothing = { subject: "", note: "", bytes: "", "is-strict": "" };

type Options = Start & { readonly key?: boolean };

interface Run extends Ended {
  readonly results: Readonly<Record<string, string>>;
}

/** Runs the action as the generated Task does. Inputs are given by name. */
async function run(inputs: Environment, options: Options = {}): Promise<Run> {
  await using directory = await scratch();
  const results = join(directory.path, "results");
  await mkdir(results);
  // As Tekton's own volume: any user may write into it.
  for (const path of [directory.path, results]) await chmod(path, 0o777);
  const texts = {
    subject: "oci:out/store/seg",
    ...(options.key === true ? { "signing-key": directory.key } : {}),
    ...inputs,
  };
  const ended = await start("action", {
    cwd: directory.path,
    // What a read-only root file system allows.
    nodeFlags: ["--permission", "--allow-fs-read=*", `--allow-fs-write=${await realpath(results)}`],
    ...options,
    env: { ...environment(results), ...inputVariables(texts), ...options.env },
  });
  const written = await readdir(results);
  const contents = await Promise.all(written.map((name) => readFile(join(results, name), "utf8")));
  return { ...ended, results: Object.fromEntries(written.map((name, at) => [name, contents[at] ?? ""])) };
}

function environment(results: string): Environment {
  const paths = names.map((name) => [`RESULT_${name.toUpperCase().replaceAll("-", "_")}`, join(results, name)]);
  return {
    SLIPWAY_HOST: "tekton",
    SLIPWAY_RUN_ID: "0a1b-2c3d",
    SLIPWAY_RETRY_COUNT: "1",
    ...Object.fromEntries(paths),
  };
}

function inputVariables(texts: Environment): Environment {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]));
}

describe("a run on Tekton", () => {
  it("carries every kind of input, and every result without a line break", async () => {
    const ended = await run({
      note: "a note",
      strict: "false",
      force: "true",
      "max-vram": "48",
      "chunk-size": "2MiB",
      patience: "90s",
      labels: "a,b",
    });
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.results).toEqual({ subject: digest, note: "a note", bytes: "2097152", "is-strict": "false" });
    expect(ended.stdout).toMatch(/^Looking around\n {2}directory \//);
    expect(ended.stdout).toContain("\nwarning: the card is old\n");
    expect(ended.stdout).toContain("\nDid one thing of every kind in tekton\n\n  Subject    sha256:5f");
    expect(ended.stdout).toContain("\n  Run        0a1b-2c3d, attempt 2\n");
    expect(ended.stdout).toMatch(/\n {2}chunk-size {2}2097152\n {2}patience {4}90000\n/);
    expect(ended.stdout).not.toContain("only for the curious");
  });

  it("needs no home, no user entry and no writable disk but the results", async () => {
    // Only root may start a process as somebody else; in a container this test often is.
    const stranger = process.getuid?.() === 0 ? { uid: 1_000_780_000 } : {};
    const ended = await run({}, stranger);
    expect(ended).toMatchObject({ status: 0, stderr: "", results: { subject: digest } });
  });

  it("writes the digest when everything else is written", async () => {
    await using directory = await scratch();
    const file = (name: string) => join(directory.path, name);
    // Opening a pipe for writing waits for a reader: the step stands still right before the digest.
    execFileSync("mkfifo", [file("subject")]);
    // Takes long enough that we see the result being emptied before it is written.
    const inputs = inputVariables({ subject: "oci:a", note: "n", mode: "progress" });
    const env = { ...environment(directory.path), ...inputs };
    const running = start("action", { env });
    expect(await readFile(file("subject"), "utf8")).toBe("");
    const others = () => Promise.all(["note", "bytes", "is-strict"].map((name) => readFile(file(name), "utf8")));
    await expect.poll(others, { timeout: 20_000 }).toEqual(["n", "64000000", "true"]);
    expect(await readFile(file("subject"), "utf8")).toBe(digest);
    expect((await running).status).toBe(0);
  });

  it("starts relative paths in the workspace that is bound, or where it stands", async () => {
    await using bound = await scratch();
    const directoryOf = async (env: Environment) => /directory (.+)/.exec((await run({}, { env })).stdout)?.[1];
    expect(await directoryOf({ WORKSPACE_SOURCE: bound.path })).toBe(bound.path);
    const here = /\/slipway-hosts-[^/]+$/;
    expect(await directoryOf({ WORKSPACE_SOURCE: "" })).toMatch(here);
    await rm(bound.path, { recursive: true });
    expect(await directoryOf({ WORKSPACE_SOURCE: bound.path })).not.toBe(bound.path);
  });

  it("cleans up in the same process, also after a failure", async () => {
    expect((await run({})).stdout).toContain("\ncleaning up: scratch of 0a1b-2c3d\n");
    expect((await run({ mode: "crash" })).stdout).toContain("\ncleaning up: scratch of 0a1b-2c3d\n");
    expect((await run({ mode: "nonsense" })).stdout).not.toContain("clean");
  });

  it("shows debug lines when asked", async () => {
    expect((await run({}, { env: { SLIPWAY_DEBUG: "1" } })).stdout).toContain("debug: only for the curious");
  });

  it("leaves out results that the Task does not declare", async () => {
    const ended = await run({}, { env: { RESULT_NOTE: "" } });
    expect(ended.status).toBe(0);
    expect(Object.keys(ended.results).sort()).toEqual(["bytes", "is-strict", "subject"]);
  });
});

describe("a failure on Tekton", () => {
  it.each([
    [{ subject: "" }, 2, "INPUT_MISSING"],
    [{ mode: "nonsense" }, 2, "INPUT_INVALID"],
    [{ mode: "temporary" }, 4, "REGISTRY_BUSY"],
  ])("%j ends with %d and %s, empty results and no stack trace", async (inputs, status, code) => {
    const ended = await run(inputs);
    expect(ended).toMatchObject({ status, stderr: "", results: nothing });
    expect(ended.stdout).toMatch(new RegExp(`\\n${code} [^\\n]+\\n([^\\n]+\\n)*→ [^\\n]+\\n$`));
    expect(stackLines(ended.stdout)).toEqual([]);
  });

  it("writes the results of a refusal", async () => {
    const ended = await run({ mode: "refuse" });
    expect(ended).toMatchObject({ status: 3, results: { subject: digest } });
    expect(ended.stdout).toMatch(
      /\n\nGATE_CLOSED accuracy 0\.71 is below 0\.80\n {2}accuracy: 0\.71 < 0\.80\n→ Open the gate\.\n$/,
    );
  });

  it.each(["crash", "stray", "known-bug"])("shows the stack trace of a bug (%s)", async (mode) => {
    const ended = await run({ mode });
    expect(ended).toMatchObject({ status: 1, stderr: "", results: nothing });
    expect(stackLines(ended.stdout).length).toBeGreaterThan(1);
  });

  it("leaves all results empty when they are too large together", async () => {
    const ended = await run({ mode: "large" });
    expect(ended).toMatchObject({ status: 1, results: nothing });
    expect(ended.stdout).toContain(
      '\nOUTPUT_TOO_LARGE the outputs of "fixture" have 2083 bytes; Tekton carries 1024\n  note: 2000 bytes\n',
    );
  });

  it("carries results of exactly 1 KiB", async () => {
    const note = "n".repeat(1024 - `${digest}64000000true`.length);
    expect((await run({ note })).results["note"]).toBe(note);
    expect((await run({ note: `${note}n` })).results["note"]).toBe("");
  });

  it("says before it starts that a result cannot be written", async () => {
    const ended = await run({}, { env: { RESULT_SUBJECT: "/no/such/directory/subject" } });
    expect(ended).toMatchObject({ status: 2, results: {} });
    expect(ended.stdout).toMatch(/^\nENVIRONMENT_INVALID cannot write the result "subject": /);
  });

  it("empties the results that it wrote when the last one does not fit on the disk", async () => {
    const ended = await run({ note: "n" }, { nodeFlags: [], env: { RESULT_SUBJECT: "/dev/full" } });
    expect(ended).toMatchObject({ status: 2, results: { note: "", bytes: "", "is-strict": "" } });
    expect(ended.stdout).toContain('ENVIRONMENT_INVALID cannot write the result "subject": ENOSPC');
  });

  it.each([
    [{ INPUT_NOTES: "x" }, "INPUT_UNKNOWN", 'the step "fixture" has no input "notes"\n→ Did you mean "note"?'],
    [{ SLIPWAY_RUN_ID: "" }, "ENVIRONMENT_INVALID", "SLIPWAY_RUN_ID is not set"],
    [{ SLIPWAY_RETRY_COUNT: "once" }, "ENVIRONMENT_INVALID", 'SLIPWAY_RETRY_COUNT is "once"'],
    [{ SOURCE_DATE_EPOCH: "-1" }, "ENVIRONMENT_INVALID", 'SOURCE_DATE_EPOCH is "-1"'],
  ])("%j is refused", async (env, code, message) => {
    const ended = await run({}, { env });
    expect(ended).toMatchObject({ status: 2, results: nothing });
    expect(ended.stdout).toContain(`\n${code} ${message}`);
  });

  it("does not take a Kubernetes Service for an input", async () => {
    expect((await run({}, { env: { INPUT_QUEUE_SERVICE_HOST: "10.0.0.1" } })).status).toBe(0);
  });
});

describe("a secret on Tekton", () => {
  it.each(["success", "refuse", "temporary", "crash", "stray", "known-bug", "leak"])(
    "is shown nowhere (%s)",
    async (mode) => {
      const ended = await run({ mode }, { key: true, env: { SLIPWAY_DEBUG: "1" } });
      expect(ended.stdout).toContain("the key is ***");
      expect(revealed(ended.stdout + ended.stderr + JSON.stringify(ended.results))).toEqual([]);
    },
  );

  it("was not given when its optional Secret has no file", async () => {
    const ended = await run({ "signing-key": "/slipway/secrets/signing-key/signing-key" });
    expect(ended.status).toBe(0);
    expect(ended.stdout).toContain("\n  Key        none\n");
  });

  it.each([
    ["env://TOKEN", "INPUT_INVALID"],
    [`-----BEGIN PRIVATE KEY-----\n${secretLines[0]}`, "SECRET_INLINE"],
  ])("%j is not a file", async (text, code) => {
    const ended = await run({ "signing-key": text }, { env: { TOKEN: "t" } });
    expect(ended.status).toBe(2);
    expect(ended.stdout).toContain(`\n${code} `);
    expect(revealed(ended.stdout)).toEqual([]);
  });
});

describe("a deleted pod", () => {
  it("stops the step, which is no bug", async () => {
    const ended = await run({ mode: "wait" }, { signals: [{ when: "\nwaiting", signal: "SIGTERM" }] });
    expect(ended).toMatchObject({ status: 4, results: nothing });
    expect(ended.stdout).toContain("\nSTOPPED the run was stopped by SIGTERM\n→ ");
    expect(stackLines(ended.stdout)).toEqual([]);
  });
});
