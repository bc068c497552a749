import { open, readFile, rm } from "node:fs/promises";
import { gibibytes } from "./sizes.ts";

/** Bytes that programs and tmpfs can still have before the kernel ends somebody: `MemAvailable` of proc_meminfo(5). */
export async function memoryLeft(): Promise<number> {
  const text = await readFile("/proc/meminfo", "utf8");
  return Number(/^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}

/**
 * A virtual machine gets its memory when it is used first, which costs whoever comes first: a file on tmpfs, as large as
 * anything that will be there, takes that upon itself.
 */
export async function touchMemory(path: string, most = gibibytes(16)): Promise<void> {
  const size = Math.min(most, (await memoryLeft()) - gibibytes(2));
  const chunk = Buffer.alloc(16 * 1024 * 1024, "x");
  await using file = await open(path, "w");
  for (let written = 0; written < size; written += chunk.length) await file.writeFile(chunk);
  await rm(path);
}
