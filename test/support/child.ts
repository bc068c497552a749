import { type ChildProcess, spawn } from "node:child_process";
import { on } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** How a child process ended. */
interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child process that runs beside the test, so that it can be watched and killed. */
export interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
  /** The next line that it writes to stdout; undefined after the last. */
  line(): Promise<string | undefined>;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a TypeScript or JavaScript file under the Node that runs the test.
 *
 * @param under a command that starts it, such as `prlimit --fsize=1024`
 */
export function startFile(
  file: URL,
  args: readonly string[],
  { under = [], uid }: { readonly under?: readonly string[]; readonly uid?: number | undefined } = {},
): Child {
  const [command = "", ...rest] = [...under, process.execPath, fileURLToPath(file), ...args];
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: "/",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  // Listens from the start: a line that came before somebody asked for it must not be lost.
  const lines = on(createInterface({ input: child.stdout }), "line", { close: ["close"] });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    process: child,
    async line() {
      const next = await lines.next();
      return next.done ? undefined : String(next.value[0]);
    },
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a file to its end; anything but success fails the test. */
export async function runFile(...start: Parameters<typeof startFile>): Promise<string> {
  const { code, signal, stdout, stderr } = await startFile(...start).ended;
  if (code !== 0) throw new Error(`${start[0].pathname} ended with ${code ?? signal}\n${stdout}${stderr}`);
  return stdout;
}
