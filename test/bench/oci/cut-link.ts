import type { Socket } from "node:net";
import { type Link, loopbackLink } from "./loopback-link.ts";

/** A link that resets a connection at a byte that nobody can foretell, about every so many bytes. */
export interface CutLink extends Link {
  readonly cuts: number;
}

export async function cutLink(host: string, meanBytes: number): Promise<CutLink> {
  let cuts = 0;
  const link = await loopbackLink(host, (client, registry) => {
    // Of an exponential distribution: every byte is as dangerous as any other.
    let left = -meanBytes * Math.log(1 - Math.random());
    const carry = (from: Socket, to: Socket): void => {
      from.on("data", (bytes) => {
        left -= bytes.length;
        if (left < 0 && !client.destroyed) {
          cuts += 1;
          client.resetAndDestroy();
          registry.resetAndDestroy();
        }
      });
      from.pipe(to);
    };
    carry(client, registry);
    carry(registry, client);
  });
  return {
    host: link.host,
    get cuts() {
      return cuts;
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}
