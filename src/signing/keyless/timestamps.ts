import { createHash, randomBytes } from "node:crypto";
import { RFC3161Timestamp } from "@sigstore/core";
import type { SlipwayError } from "../../errors/index.ts";
import { keylessError } from "./errors.ts";
import { refusalOf } from "./refusal.ts";
import type { SigningService } from "./service.ts";
import { below } from "./service-url.ts";

/** A stamp with the certificates of its authority has some 5 KiB. */
const maxAnswerBytes = 128 * 1024;
/** Where Sigstore's own server answers, which a URL without a path means. */
const usualPath = "/api/v1/timestamp";

const objectId = { signedData: "1.2.840.113549.1.7.2", stampInfo: "1.2.840.113549.1.9.16.1.4" };
const nonceBytes = 8;

/**
 * Has a timestamp authority stamp SHA-256 of a signature (RFC 3161, over HTTP as in 3.4).
 * Whether the authority is trusted, and its signature right, is for those who verify.
 *
 * @param authority with its path; without one, that of Sigstore's server is meant
 * @returns TimeStampResp in DER, as bundles carry it: granted, and about this signature and this request
 * @throws SlipwayError TIMESTAMP_REFUSED, TIMESTAMP_UNREACHABLE, SERVICE_CONFUSED, and what `SigningService.post` throws
 */
export async function requestTimestamp(options: {
  readonly authority: URL;
  readonly signature: Uint8Array;
  readonly service: SigningService;
}): Promise<Buffer> {
  const { authority, signature, service } = options;
  const digest = createHash("sha256").update(signature).digest();
  const nonce = newNonce();
  const url = authority.pathname === "/" ? below(authority, usualPath) : authority;
  const answer = await service.post(
    url,
    {
      to: "timestamps",
      contentType: "application/timestamp-query",
      accept: "application/timestamp-reply",
      body: timestampQuery(digest, nonce),
    },
    maxAnswerBytes,
  );
  if (answer.status !== 200 && answer.status !== 201) throw refusalOf("TIMESTAMP_REFUSED", answer, authority);
  const wrong = judge(answer.body, digest, nonce);
  if (wrong !== undefined) throw wrong(authority.host);
  return answer.body;
}

/** TimeStampReq: version 1, SHA-256, the nonce, and the certificates wanted (RFC 3161, 2.4.1). */
function timestampQuery(digest: Buffer, nonce: Buffer): Buffer {
  const sha256 = Buffer.from("300d06096086480165030402010500", "hex");
  const imprint = sequence(Buffer.concat([sha256, Buffer.of(0x04, digest.length), digest]));
  const [version, certReq] = [Buffer.of(0x02, 1, 1), Buffer.of(0x01, 1, 0xff)];
  return sequence(Buffer.concat([version, imprint, Buffer.of(0x02, nonce.length), nonce, certReq]));
}

/** @param content shorter than 128 bytes, so that its length is one */
function sequence(content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x30, content.length), content]);
}

/** A positive number of always the same length: its first byte is neither 0 nor beyond 127. */
function newNonce(): Buffer {
  const nonce = randomBytes(nonceBytes);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}

/** @returns undefined for an answer that is what was asked for */
function judge(reply: Buffer, digest: Buffer, nonce: Buffer): ((host: string) => SlipwayError) | undefined {
  const confused = (what: string) => (host: string) => keylessError("SERVICE_CONFUSED", `${host} sent ${what}`);
  try {
    const stamp = RFC3161Timestamp.parse(Buffer.from(reply));
    const { status } = stamp;
    if (status !== 0n) {
      return (host) => keylessError("TIMESTAMP_REFUSED", `${host} refused to stamp: status ${status}`);
    }
    if (stamp.contentType !== objectId.signedData || stamp.eContentType !== objectId.stampInfo) {
      return confused("something else than a timestamp");
    }
    const { tstInfo } = stamp;
    if (tstInfo.messageImprintHashAlgorithm !== "sha256" || !tstInfo.messageImprintHashedMessage.equals(digest)) {
      return confused("a timestamp of something else");
    }
    // Version, policy, imprint, serial number and time come first; of what may follow, only the nonce is a number.
    const echoed = tstInfo.root.subs.slice(5).find(({ tag }) => tag.isInteger());
    if (echoed?.toInteger() !== BigInt(`0x${nonce.toString("hex")}`))
      return confused("a timestamp for another request");
    if (Number.isNaN(tstInfo.genTime.getTime())) return confused("a timestamp without a time");
    return undefined;
  } catch {
    return confused("something that is not a timestamp, or not all of it");
  }
}
