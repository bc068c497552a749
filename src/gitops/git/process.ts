import { systemCode } from "../../errors/index.ts";
import { runProgram } from "../../process/index.ts";
import { gitError } from "./errors.ts";

/** What a git process came to. */
export interface GitOutcome {
  readonly code: number;
  readonly stdout: Buffer;
  /** At most 64 KiB, without credentials. */
  readonly stderr: string;
}

export interface GitCall {
  /** Absolute path of the bare repository. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Takes credentials out of a text. */
  hide(text: string): string;
}

const maxErrorBytes = 64 * 1024;

/**
 * Runs git in a bare repository of our own. When the signal aborts, git and all that it started are killed.
 *
 * @param limit bytes of stdout that are kept; a process that writes more is killed
 * @throws SlipwayError GIT_MISSING, GIT_FILE_UNUSABLE when the output is larger than `limit`; the signal's reason
 */
export async function runGit(
  { directory, env, signal, hide }: GitCall,
  args: readonly string[],
  { input, limit = 16 * 1024 * 1024 }: { readonly input?: Uint8Array | string; readonly limit?: number } = {},
): Promise<GitOutcome> {
  const ran = await runProgram({
    program: "git",
    args: [`--git-dir=${directory}`, ...args],
    env,
    cwd: directory,
    input,
    limits: { stdout: limit, stderr: maxErrorBytes },
    signal,
  }).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") throw gitError("GIT_MISSING", "there is no git on the PATH", { cause: error });
    throw error;
  });
  if (ran.stopped !== undefined) throw gitError("GIT_FILE_UNUSABLE", `git ${args[0]} gave more than ${limit} bytes`);
  return { code: ran.code ?? -1, stdout: ran.stdout, stderr: hide(ran.stderr.toString("utf8")) };
}

/**
 * Runs git and gives what it wrote, without the last line break.
 * @throws SlipwayError GIT_UNREACHABLE when it fails; what `runGit` throws
 */
export async function gitText(call: GitCall, args: readonly string[], input?: Uint8Array | string): Promise<string> {
  const { code, stdout, stderr } = await runGit(call, args, input === undefined ? {} : { input });
  if (code !== 0) throw gitFailed(args[0] ?? "", stderr);
  return stdout.toString("utf8").trim();
}

/** The error for a command of our own repository that failed: a full disk, or objects that did not arrive. */
function gitFailed(command: string, stderr: string): Error {
  return gitError("GIT_UNREACHABLE", `git ${command} failed: ${stderr.trim().slice(0, 300)}`);
}
