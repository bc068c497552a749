import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const command = resolve(import.meta.dirname, "../../dist/slipway.js");

/**
 * Starts a step of the built command line and kills it at a random moment of the time that it usually takes. Returns
 * whether that was before its end.
 *
 * @param usual in milliseconds
 */
export async function killAtRandom(args: readonly string[], cwd: string, usual: number): Promise<boolean> {
  const child = spawn(process.execPath, [command, ...args], { cwd, stdio: "ignore" });
  const ended = new Promise<boolean>((done) => child.on("exit", (_code, signal) => done(signal === "SIGKILL")));
  // Nothing can go wrong yet while node itself starts.
  await Promise.race([sleep(30 + Math.random() * (usual - 30)), ended]);
  child.kill("SIGKILL");
  return ended;
}
