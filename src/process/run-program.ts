import { type ChildProcess, spawn } from "node:child_process";

/** A program, and everything that it is given. */
export interface ProgramRun {
  /** A path, or a name that is looked for in the PATH of `env`. */
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment; nothing of this process's own is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path; the directory of this process when left out. */
  readonly cwd?: string | undefined;
  /** What it reads on stdin; nothing when left out. */
  readonly input?: Uint8Array | string | undefined;
  /** In bytes. More on stdout stops it; more on stderr is read and dropped, and a stderr of 0 is none at all. */
  readonly limits: { readonly stdout: number; readonly stderr: number };
  /** Milliseconds until it is stopped; without end when left out. */
  readonly timeLimit?: number | undefined;
  readonly signal: AbortSignal;
}

/** What a program came to. */
export interface ProgramOutcome {
  /** Exit status; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Which bound it was stopped at, with all that it started; undefined when it ended by itself. */
  readonly stopped: "time" | "output" | undefined;
}

/** How long output may stay open after the program ended, because something that it started has it too. */
const lingerMs = 2000;

/**
 * Runs a program to its end, never through a shell. What it leaves running in the background is not waited for. When the
 * signal aborts, the program and all that it started are killed.
 *
 * @throws the signal's reason; Node's system error when the program cannot be started (ENOENT: there is none, or no `cwd`)
 */
export async function runProgram(run: ProgramRun): Promise<ProgramOutcome> {
  const { program, args, env, cwd, input = "", limits, timeLimit, signal } = run;
  signal.throwIfAborted();
  const child = spawn(program, args, {
    env,
    cwd,
    stdio: ["pipe", "pipe", limits.stderr === 0 ? "ignore" : "pipe"],
    // Makes it the leader of a group, so that what it starts can be killed with it.
    detached: true,
  });
  let stopped: ProgramOutcome["stopped"];
  const stop = (bound: "time" | "output") => {
    stopped ??= bound;
    killGroup(child);
  };
  const kill = () => killGroup(child);
  signal.addEventListener("abort", kill);
  const timer = timeLimit === undefined ? undefined : setTimeout(() => stop("time"), timeLimit);
  // Once it has ended, what it left behind has `lingerMs` and no more.
  child.once("exit", () => clearTimeout(timer));
  try {
    const stdout = keep(child.stdout, limits.stdout, () => stop("output"));
    const stderr = keep(child.stderr, limits.stderr, () => {});
    // A program that ends before it has read all says so by its exit status.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    const ending = await ended(child);
    signal.throwIfAborted();
    return { ...ending, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), stopped };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

/** Collects the first `limit` bytes of a stream, and goes on reading, as a full pipe would stop the program. */
function keep(stream: ChildProcess["stdout"], limit: number, onMore: () => void): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let room = limit;
  stream?.on("data", (chunk: Buffer) => {
    if (room > 0) chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
    if (room < 0) onMore();
  });
  return chunks;
}

function ended(child: ChildProcess): Promise<Pick<ProgramOutcome, "code" | "signal">> {
  return new Promise((resolve, reject) => {
    let linger: NodeJS.Timeout | undefined;
    child.on("error", reject);
    child.on("exit", () => {
      linger = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, lingerMs);
    });
    child.on("close", (code, signal) => {
      clearTimeout(linger);
      resolve({ code, signal });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
