import { readFile } from "node:fs/promises";

/**
 * Runs work that starts one child of this process, and samples that child's peak resident memory in bytes. Children that
 * are there already, such as a registry, do not count.
 */
export async function withPeakMemory<T>(work: () => Promise<T>): Promise<[T, number]> {
  const others = new Set(await childrenOf(process.pid));
  let peak = 0;
  const timer = setInterval(async () => {
    for (const pid of await childrenOf(process.pid)) if (!others.has(pid)) peak = Math.max(peak, await peakOf(pid));
  }, 10);
  try {
    return [await work(), peak];
  } finally {
    clearInterval(timer);
  }
}

async function childrenOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter((child) => child !== "");
}

/** VmHWM of proc_pid_status(5): the kernel's own high-water mark, so that a coarse sampling misses little. */
async function peakOf(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
