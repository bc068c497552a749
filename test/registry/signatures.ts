import { createHmac, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "./problem.ts";

/** URLs that open one path without credentials, as storage services give them out. */
export class Signatures {
  readonly #secret = randomBytes(32);

  sign(pathname: string, origin: string): URL {
    const url = new URL(pathname, origin);
    url.searchParams.set("signature", this.#of(url.pathname));
    return url;
  }

  /** @throws Problem for an unsigned path, and for credentials: S3 wants either them or the signature */
  check({ pathname, searchParams }: URL, { authorization }: IncomingHttpHeaders): void {
    if (authorization !== undefined) throw new Problem(400, "DENIED", "only one way to authenticate is allowed");
    if (searchParams.get("signature") !== this.#of(pathname)) throw new Problem(403, "DENIED", "not signed");
  }

  #of(pathname: string): string {
    return createHmac("sha256", this.#secret).update(pathname).digest("base64url");
  }
}
