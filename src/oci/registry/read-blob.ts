import type { Blob, BlobRequests } from "./blob-requests.ts";
import { Passing } from "./http/persist.ts";

/**
 * The bytes of a blob from an offset on, as they come and not verified. A broken connection is taken up where it broke.
 * @throws SlipwayError NOT_FOUND, CONTENT_ALTERED for a blob of another size, REGISTRY_*
 */
export async function* readBlob(
  requests: BlobRequests,
  { digest, size }: Blob,
  from: number,
): AsyncGenerator<Uint8Array> {
  let at = from;
  while (at < size) {
    const start = at;
    // A connection on which nothing comes is tried again as any request is; after that each brings some of the rest.
    const arrival = await requests.client.persist(() => arrivalOf(requests, { digest, size }, start));
    try {
      for (let next: Buffer | undefined = arrival.first; next !== undefined; next = await arrival.next()) {
        at += next.length;
        if (at > size) throw requests.altered(digest, `has more than ${size} bytes`);
        yield next;
      }
    } finally {
      arrival.drop();
    }
  }
}

/** A connection that brings a blob from an offset on: what it brought first, and what it brings until it is cut. */
async function arrivalOf(requests: BlobRequests, { digest, size }: Blob, from: number) {
  const { status, body } = await requests.get(digest, { from }, size);
  const explain = (error: unknown) => requests.explain(error, digest);
  const pieces: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  const next = async (): Promise<Buffer | undefined> => {
    const { done, value } = await pieces.next();
    return done ? undefined : value;
  };
  let skip = status === 206 ? 0 : from;
  let first: Buffer | undefined;
  while (first === undefined) {
    const piece = await next().catch((error: unknown) => {
      throw explain(error);
    });
    if (piece === undefined) throw new Passing(requests.altered(digest, `ends after ${from} of ${size} bytes`));
    if (piece.length > skip) first = piece.subarray(skip);
    else skip -= piece.length;
  }
  return {
    first,
    next: () =>
      next().catch((error: unknown) => {
        if (explain(error) === error) throw error;
        return undefined;
      }),
    drop: () => body.destroy(),
  };
}
