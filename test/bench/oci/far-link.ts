import type { Socket } from "node:net";
import { type Link, loopbackLink } from "./loopback-link.ts";

/** A link whose every byte is late by some milliseconds, each way, and that is as wide as loopback. */
export function farLink(host: string, delay: number): Promise<Link> {
  return loopbackLink(host, (client, registry) => {
    // Loopback opens a connection at once; over a distance that is a round trip, before anything can be sent.
    carry(client, registry, delay, performance.now() + 3 * delay);
    carry(registry, client, delay, 0);
  });
}

/** @param notBefore when the first byte may arrive */
function carry(from: Socket, to: Socket, delay: number, notBefore: number): void {
  // Timers of different lengths may fire in another order than bytes were sent in; what is next is decided here.
  const underWay: (() => void)[] = [];
  const send = (arrive: () => void): void => {
    underWay.push(arrive);
    setTimeout(() => underWay.shift()?.(), Math.max(delay, notBefore - performance.now()));
  };
  from.on("data", (bytes) =>
    send(() => {
      if (!to.destroyed && !to.write(bytes)) from.pause();
    }),
  );
  to.on("drain", () => from.resume());
  from.on("end", () => send(() => to.end()));
}
