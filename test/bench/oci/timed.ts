import { spawn } from "node:child_process";

/** How long a program that must succeed takes, in milliseconds. */
export async function timed(command: string, args: readonly string[], cwd: string): Promise<number> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: "ignore", cwd });
  const code = await new Promise((done, fail) => child.on("close", done).on("error", fail));
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return performance.now() - started;
}
