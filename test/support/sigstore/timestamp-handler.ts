import { AsnConvert } from "@peculiar/asn1-schema";
import { TimeStampReq } from "@peculiar/asn1-tsp";
import { errorReply, type Handler, type Reply } from "./serve.ts";
import { type StampOptions, sha256Oid, type TimestampAuthority } from "./timestamp-authority.ts";

/** What a stamp says in place of what was asked for: a lie. */
export type TimestampLies = Pick<StampOptions, "digest" | "nonce">;

/**
 * Sigstore's timestamp server: RFC 3161 over HTTP. It wants SHA-256, a nonce, and its certificates asked for, which is
 * more than the real one wants.
 */
export function timestampHandler(
  authority: TimestampAuthority,
  { path = "/api/v1/timestamp", lies = {} }: { readonly path?: string; readonly lies?: TimestampLies } = {},
): Handler {
  return (asked) => {
    if (asked.method !== "POST" || asked.path !== path) return errorReply(404, 404, `path ${asked.path} was not found`);
    if (asked.headers["content-type"] !== "application/timestamp-query") return errorReply(415, 415, "unsupported");
    const request = AsnConvert.parse(asked.body, TimeStampReq);
    const { hashAlgorithm, hashedMessage } = request.messageImprint;
    const canonical = Buffer.from(AsnConvert.serialize(request)).equals(asked.body);
    const digest = Buffer.from(hashedMessage.buffer);
    if (!canonical || hashAlgorithm.algorithm !== sha256Oid || digest.length !== 32) {
      return errorReply(400, 400, "Error generating timestamp response");
    }
    if (request.nonce === undefined || !request.certReq)
      return errorReply(400, 400, "nonce and certificates are wanted");
    return stampReply(authority.stamp(Buffer.alloc(0), new Date(), { digest, nonce: request.nonce, ...lies }));
  };
}

export function stampReply(body: Uint8Array): Reply {
  return { status: 201, headers: { "content-type": "application/timestamp-reply" }, body };
}
