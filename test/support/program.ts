import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Root may read and write everything; a child of another user may not. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/**
 * Runs a module in a process of its own, for what a thread cannot change: user, umask, limits.
 *
 * @param source text of the module; `import.meta` and relative imports mean nothing in it
 * @returns what it wrote to stdout
 */
export async function runProgram(
  source: string,
  args: readonly string[],
  how: {
    /** Run as a user without rights, when this process is root. */
    readonly unprivileged?: boolean;
    /** A command that starts it, such as `prlimit --fsize=1024`. */
    readonly under?: readonly string[];
  } = {},
): Promise<string> {
  const [command, ...rest] = [
    ...(how.under ?? []),
    process.execPath,
    "--input-type=module",
    "--eval",
    source,
    "--",
    ...args,
  ];
  const { stdout } = await promisify(execFile)(command ?? "", rest, { cwd: "/", ...(how.unprivileged ? nobody : {}) });
  return stdout;
}
