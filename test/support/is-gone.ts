import { readFile } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";

/** Whether a process is gone, or a moment later is. */
export async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // One that was killed, and that nobody has waited for yet, is a zombie.
    if (stat === "" || / Z /.test(stat)) return true;
    await after(5);
  }
  return false;
}
