import { Agent, request } from "node:http";
import type { SeenRequest } from "./counting-link.ts";

/** As many as Slipway makes at a time. */
const connections = 6;

/**
 * Makes requests that were seen once more, in their order and over a few connections, and reads the answers: what nobody
 * undercuts who asks the same. No program starts, nothing is verified. Only for requests without a body.
 *
 * @returns milliseconds
 */
export async function bareRequests(host: string, seen: readonly SeenRequest[]): Promise<number> {
  const [hostname = "", port] = host.split(":");
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const left = seen.toReversed();
  const ask = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { method, path, accept = "*/*" } = next;
      await new Promise<void>((done, fail) => {
        const asked = request({ agent, hostname, port: Number(port), method, path, headers: { accept } }, (answer) => {
          answer.on("end", done).on("error", fail).resume();
        });
        asked.on("error", fail).end();
      });
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, ask));
  agent.destroy();
  return performance.now() - started;
}
