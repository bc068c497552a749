import { spawn } from "node:child_process";
import { resolve } from "node:path";

const command = resolve(import.meta.dirname, "../../dist/slipway.js");

/** What `slipway <step> --json` answered. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON object on stdout; throws when there is none. */
  json(): { ok: boolean; outputs: Record<string, string>; error?: { code: string; message: string; remedy: string } };
}

/** How a command line is started; by default as the test itself is. */
export interface Circumstances {
  readonly uid?: number | undefined;
  /** A command that starts it, such as `prlimit --fsize=1024`. */
  readonly under?: readonly string[];
  /** The whole environment; by default the test's own. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Runs the built command line with `--json`. */
export async function slipway(
  args: readonly string[],
  cwd: string,
  { uid, under = [], env }: Circumstances = {},
): Promise<Answer> {
  const [file = "", ...rest] = [...under, process.execPath, command, ...args, "--json"];
  const user = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(file, rest, { cwd, stdio: ["ignore", "pipe", "pipe"], ...user, ...(env && { env }) });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (output.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (output.stderr += String(chunk)));
  const code = await new Promise<number | null>((done, fail) => child.on("close", done).on("error", fail));
  return { code, ...output, json: () => JSON.parse(output.stdout) };
}

/** Runs a step that must succeed, and gives its outputs. */
export async function succeed(
  args: readonly string[],
  cwd: string,
  circumstances: Circumstances = {},
): Promise<Record<string, string>> {
  const answer = await slipway(args, cwd, circumstances);
  if (answer.code !== 0)
    throw new Error(`slipway ${args.join(" ")} ended with ${answer.code}\n${answer.stdout}${answer.stderr}`);
  return answer.json().outputs;
}
