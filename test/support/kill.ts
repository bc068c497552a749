import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const command = resolve(import.meta.dirname, "../../dist/slipway.js");

/**
 * Starts a step of the built command line and kills it at a random moment of the time that it usually takes. Returns
 * whether that was before its end.
 *
 * @param usual in milliseconds
 * @param options.share the moment, from 0 to 1
 * @param options.env the whole environment; by default the test's own
 */
export async function killAtRandom(
  args: readonly string[],
  cwd: string,
  usual: number,
  { share = Math.random(), env }: { readonly share?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<boolean> {
  const child = spawn(process.execPath, [command, ...args], { cwd, stdio: "ignore", ...(env && { env }) });
  const ended = new Promise<boolean>((done) => child.on("exit", (_code, signal) => done(signal === "SIGKILL")));
  // Nothing can go wrong yet while node itself starts.
  await Promise.race([sleep(30 + share * (usual - 30)), ended]);
  child.kill("SIGKILL");
  return ended;
}
