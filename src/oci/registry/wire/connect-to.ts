import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from "node:net";
import { connect as connectEncrypted } from "node:tls";
import type { Trust } from "./trust.ts";

/**
 * A connection to the host of a URL, encrypted for https.
 *
 * @param onread takes what comes, in memory that is used again and again
 * @param session of an earlier connection to the same host, which spares a part of the handshake
 */
export function connectTo(
  { protocol, hostname, port }: URL,
  trust: Trust,
  onread: OnReadOpts,
  session?: Buffer | undefined,
): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol === "http:") return connectPlain({ host, port: Number(port || 80), noDelay: true, onread });
  const options = {
    host,
    port: Number(port || 443),
    // An address is no server name (RFC 6066, 3).
    servername: isIP(host) === 0 ? host : "",
    ALPNProtocols: ["http/1.1"],
    onread,
    ...(session && { session }),
    ...trust,
  };
  return connectEncrypted(options).setNoDelay(true);
}
