import { spawn } from "node:child_process";
import { systemCode } from "../../errors/index.ts";
import { gitError } from "./errors.ts";

/** What a git process came to. */
export interface GitOutcome {
  readonly code: number;
  readonly stdout: Buffer;
  /** At most 64 KiB. */
  readonly stderr: string;
}

export interface GitCall {
  /** Absolute path of the bare repository. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const maxErrorBytes = 64 * 1024;

/**
 * Runs git in a bare repository of our own.
 *
 * @param limit bytes of stdout that are kept; a process that writes more is killed
 * @throws SlipwayError GIT_MISSING, GIT_FILE_UNUSABLE when the output is larger than `limit`; the signal's reason
 */
export async function runGit(
  { directory, env, signal }: GitCall,
  args: readonly string[],
  { input, limit = 16 * 1024 * 1024 }: { readonly input?: Uint8Array | string; readonly limit?: number } = {},
): Promise<GitOutcome> {
  signal.throwIfAborted();
  const child = spawn("git", [`--git-dir=${directory}`, ...args], { cwd: directory, env, stdio: "pipe" });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) kill();
      else chunks.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < maxErrorBytes) stderr += chunk.toString("utf8");
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? -1));
    });
    // A process that ends before it has read all says so by its exit status.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
    const code = await ended;
    signal.throwIfAborted();
    if (size > limit) throw gitError("GIT_FILE_UNUSABLE", `git ${args[0]} gave more than ${limit} bytes`);
    return { code, stdout: Buffer.concat(chunks), stderr };
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw gitError("GIT_MISSING", "there is no git on the PATH", { cause: error });
    throw error;
  } finally {
    signal.removeEventListener("abort", kill);
  }
}
