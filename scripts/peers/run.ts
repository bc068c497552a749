/** Runs another program to its end. Arguments are an array and no shell is involved, so nothing needs quoting. */

import { type ExecFileException, execFile } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  /** Set on top of this process's environment; a name whose value is undefined is removed. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Given to the program on standard input, which is closed either way. */
  readonly input?: string | Uint8Array;
  /** Milliseconds until the program is killed; one minute unless told. */
  readonly timeout?: number;
  /** Bytes that each of the two outputs may have; 16 MiB unless told. */
  readonly maxBuffer?: number;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Resolves whenever the program ended by itself, whatever its exit code. Rejects when it could not be started, was
 * ended by a signal, ran past its time or printed more than allowed: those are never an answer that a test expects.
 */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeout = 60_000, maxBuffer = 16 * 1024 * 1024 } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...args],
      {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        encoding: "utf8",
        timeout,
        maxBuffer,
        // A program that hangs may well ignore a polite signal.
        killSignal: "SIGKILL",
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ code: 0, stdout, stderr });
        if (typeof error.code === "number") return resolve({ code: error.code, stdout, stderr });
        const why = whyItFailed(error, timeout, maxBuffer);
        reject(new Error(`${file} ${why}${lastLines(stderr)}`, { cause: error }));
      },
    );
    // A program that does not read its input breaks the pipe; its exit code tells what matters.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input);
  });
}

/** The end of what a program printed, indented below a message; empty when it printed nothing. */
export function lastLines(output: string, count = 15): string {
  const lines = output.trimEnd().split("\n").slice(-count);
  return lines.map((line) => (line === "" ? "" : `\n    ${line}`)).join("");
}

function whyItFailed(error: ExecFileException, timeout: number, maxBuffer: number): string {
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `printed more than ${maxBuffer} bytes`;
  if (error.killed) return `was still running after ${timeout / 1000} s`;
  if (error.signal) return `was ended by ${error.signal}`;
  return `cannot be started (${error.code}): is it installed?`;
}
