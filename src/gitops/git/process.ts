import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { systemCode } from "../../errors/index.ts";
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
/** How long output may stay open after git ended, because something that it started in the background has it too. */
const lingerMs = 2000;

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
  signal.throwIfAborted();
  // Detached makes it the leader of a group, so that its children (ssh, git-remote-https, hooks) can be killed with it.
  const options = { cwd: directory, env, stdio: "pipe", detached: true } as const;
  const child = spawn("git", [`--git-dir=${directory}`, ...args], options);
  const kill = () => killGroup(child);
  signal.addEventListener("abort", kill);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) kill();
      else chunks.push(chunk);
    });
    const errors: Buffer[] = [];
    let errorSize = 0;
    child.stderr.on("data", (chunk: Buffer) => {
      if (errorSize < maxErrorBytes) errors.push(chunk.subarray(0, maxErrorBytes - errorSize));
      errorSize += chunk.length;
    });
    // A process that ends before it has read all says so by its exit status.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
    const code = await ended(child);
    signal.throwIfAborted();
    if (size > limit) throw gitError("GIT_FILE_UNUSABLE", `git ${args[0]} gave more than ${limit} bytes`);
    return { code, stdout: Buffer.concat(chunks), stderr: hide(Buffer.concat(errors).toString("utf8")) };
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw gitError("GIT_MISSING", "there is no git on the PATH", { cause: error });
    throw error;
  } finally {
    signal.removeEventListener("abort", kill);
  }
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

function ended(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve, reject) => {
    let linger: NodeJS.Timeout | undefined;
    child.on("error", reject);
    child.on("exit", () => {
      linger = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, lingerMs);
    });
    child.on("close", (code) => {
      clearTimeout(linger);
      resolve(code ?? -1);
    });
  });
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
