import type { CertificateAuthority } from "./certificate-authority.ts";
import { errorReply, type Handler, jsonReply } from "./serve.ts";
import type { TransparencyLog } from "./transparency-log.ts";

/*
 * What Sigstore's services say to those who only look.
 */

/** Fulcio 1.8's `GET /api/v2/trustBundle`. */
export function trustBundleHandler(...authorities: readonly Pick<CertificateAuthority, "chain">[]): Handler {
  return ({ method, path }) => {
    if (method !== "GET" || path !== "/api/v2/trustBundle") return errorReply(404, 5, "Not Found");
    return jsonReply(200, { chains: authorities.map(({ chain }) => ({ certificates: chain.map(pem) })) });
  };
}

/** Rekor 2 with its tiles, as the public instance answers; `GET /api/v2/checkpoint`. */
export function checkpointHandler(log: TransparencyLog): Handler {
  return ({ method, path }) => {
    if (method !== "GET" || path !== "/api/v2/checkpoint") return errorReply(404, 5, "Not Found");
    return { status: 200, headers: { "content-type": "text/plain" }, body: checkpointOf(log) };
  };
}

/** rekor-server-posix 2.2, which leaves its tiles to others. */
export function tilelessHandler(): Handler {
  return ({ path }) => {
    if (path === "/healthz") return jsonReply(200, { status: "SERVING" });
    if (path === "/api/v2/checkpoint") return errorReply(501, 12, "method GetCheckpoint not implemented");
    return errorReply(404, 5, "Not Found");
  };
}

/** Rekor 1.5's `GET /api/v1/log`. */
export function logInfoHandler(log: TransparencyLog): Handler {
  return ({ method, path }) => {
    if (method !== "GET" || path !== "/api/v1/log") return errorReply(404, 404, `path ${path} was not found`);
    return jsonReply(200, { rootHash: "00".repeat(32), signedTreeHead: checkpointOf(log), treeID: "1", treeSize: 1 });
  };
}

/** The head of a log, after one more entry. */
export function checkpointOf(log: TransparencyLog): string {
  const nothing = Buffer.alloc(32);
  const entry = log.record({ digest: nothing, signature: nothing, verifier: { publicKey: nothing } });
  return entry.inclusionProof?.checkpoint?.envelope ?? "";
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
