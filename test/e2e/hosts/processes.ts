import { spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type Environment = Readonly<Record<string, string>>;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Start {
  readonly args?: readonly string[];
  /** All of the process's environment but for Node's cache: nothing of this process's leaks in. */
  readonly env?: Environment;
  readonly cwd?: string;
  readonly uid?: number;
  readonly nodeFlags?: readonly string[];
  /** Signals sent one after the other, each when this text has been printed for it. */
  readonly signals?: readonly { readonly when: string; readonly signal: NodeJS.Signals }[];
  /** Closes our end of its stdout at once, as `| head -0` does. */
  readonly closeStdout?: boolean;
  /** A file to write stdout to instead. */
  readonly stdoutTo?: string;
}

type Program = "action" | "cleanup" | "slipway";

export function programPath(program: Program): string {
  return fileURLToPath(new URL(`fixtures/${program}.ts`, import.meta.url));
}

// Two hundred processes compile the same sources; with Node's own cache they take half the time.
const compileCache = join(tmpdir(), "slipway-compile-cache");

/** Runs a fixture program as a process of its own until it has ended. */
export async function start(program: Program, options: Start = {}): Promise<Ended> {
  const { args = [], env = {}, nodeFlags = [], signals = [] } = options;
  await using file = options.stdoutTo === undefined ? undefined : await open(options.stdoutTo, "w");
  const child = spawn(process.execPath, [...nodeFlags, programPath(program), ...args], {
    env: { NODE_COMPILE_CACHE: compileCache, ...env },
    cwd: options.cwd ?? tmpdir(),
    stdio: ["ignore", file?.fd ?? "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: 0 }),
  });
  const printed = { stdout: "", stderr: "" };
  let sent = 0;
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      const next = signals[sent];
      if (next === undefined || !(printed.stdout + printed.stderr).includes(next.when)) return;
      sent += 1;
      child.kill(next.signal);
    });
  }
  if (options.closeStdout === true) child.stdout?.destroy();
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { status, ...printed };
}

/** The secret of these tests: several lines, and characters that JSON, Markdown and URLs write differently. */
export const secretLines = ['first|line <of> the "secret"', "second-line-of-it", "+third/line=="];

/** A directory of its own, with the secret in `key.pem`; removed when disposed. */
export async function scratch(): Promise<{ path: string; key: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "slipway-hosts-"));
  const key = join(path, "key.pem");
  await writeFile(key, `${secretLines.join("\n")}\n`);
  return { path, key, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The lines of the secret that a text shows, in any of the spellings that a careless print would give them. */
export function revealed(text: string): string[] {
  const spellings = secretLines.flatMap((line) => [line, JSON.stringify(line).slice(1, -1), encodeURIComponent(line)]);
  return spellings.filter((line) => text.includes(line));
}

/** What a runner reads from GITHUB_OUTPUT or GITHUB_STATE, in the order of the file. */
export async function keyValues(path: string): Promise<[string, string][]> {
  const text = await readFile(path, "utf8");
  const pairs = [...text.matchAll(/^(.+?)<<(ghadelimiter_.+)\n([\s\S]*?)\n\2\n/gm)];
  const read = pairs.map((pair) => pair[0]).join("");
  if (read !== text) throw new Error(`${path} holds something else: ${text}`);
  return pairs.map(([, name = "", , value = ""]) => [name, value]);
}

/** Lines that look like a place in a stack trace. */
export function stackLines(text: string): string[] {
  return text.split("\n").filter((line) => /^\s+at .*[:(]/.test(line));
}
