import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const dist = resolve(import.meta.dirname, "../../dist");

/** A step of one run, as GitHub's runner starts it: the run's name outlives an attempt, so a step can be run again. */
export interface GithubStep {
  readonly step: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The workspace. */
  readonly work: string;
  /** A directory of this step alone: the runner's files, and `tmp`, its temporary directory. */
  readonly scratch: string;
  readonly run: string;
  readonly attempt: number;
  /** More of the runner's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface EndedStep {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly stdout: string;
  /** Code of the error that the log shows; undefined for none. */
  readonly code: string | undefined;
}

/** Starts a built action. */
export async function startGithubStep({ step, inputs, work, scratch, run, attempt, env = {} }: GithubStep): Promise<{
  readonly process: ChildProcess;
  readonly ended: Promise<EndedStep>;
}> {
  const temporary = join(scratch, "tmp");
  await mkdir(temporary, { recursive: true });
  const files = { GITHUB_OUTPUT: join(scratch, "output"), GITHUB_STEP_SUMMARY: join(scratch, "summary") };
  for (const file of Object.values(files)) await writeFile(file, "");
  const named = Object.entries(inputs).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]);
  const child = spawn(process.execPath, [join(dist, `${step}.js`)], {
    cwd: work,
    env: {
      PATH: process.env["PATH"],
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: work,
      GITHUB_RUN_ID: run,
      GITHUB_RUN_ATTEMPT: String(attempt),
      TMPDIR: temporary,
      ...files,
      ...Object.fromEntries(named),
      ...env,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let stdout = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  const closed = new Promise<readonly [number | null, NodeJS.Signals | null]>((done, fail) => {
    // Not `close`: git may outlive a step that was killed, and holds its standard output open.
    child.on("exit", (...how) => done(how)).on("error", fail);
  });
  const ended = closed.then(async ([status, signal]) => ({
    status,
    signal,
    outputs: fileCommands(await readFile(files.GITHUB_OUTPUT, "utf8")),
    stdout,
    code: /^::error title=([A-Z_]+)/m.exec(stdout)?.[1],
  }));
  return { process: child, ended };
}

export async function runGithubStep(step: GithubStep): Promise<EndedStep> {
  return (await startGithubStep(step)).ended;
}

/** The multi-line form of GitHub's file commands: `name<<delimiter`, the value, the delimiter. */
function fileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [, name = "", , value = ""] of text.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm)) values[name] = value;
  return values;
}
