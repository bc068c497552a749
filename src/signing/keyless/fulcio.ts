import { createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import * as z from "zod";
import { keylessError } from "./errors.ts";
import { readIdentityToken } from "./identity-token.ts";
import { jsonOf } from "./json-answer.ts";
import { jsonRequest } from "./json-request.ts";
import { refusalOf } from "./refusal.ts";
import type { SigningService } from "./service.ts";
import { below } from "./service-url.ts";

/** Five certificates in PEM have some 5 KiB. */
const maxAnswerBytes = 128 * 1024;
const mostCertificates = 8;

const chainSchema = z.object({
  chain: z.object({ certificates: z.array(z.string()).min(1).max(mostCertificates) }),
});

/** SigningCertificate of Fulcio's fulcio.proto. What a log of certificates says is in the leaf, or beside it, or nowhere. */
const answerSchema = z.union([
  z.object({ signedCertificateEmbeddedSct: chainSchema }).transform((it) => it.signedCertificateEmbeddedSct),
  z.object({ signedCertificateDetachedSct: chainSchema }).transform((it) => it.signedCertificateDetachedSct),
]);

/** A key that was made for this and is nowhere else, and the certificate that says whose it is. */
export interface Certified {
  /** Private, on the curve P-256. */
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
  /** DER: what signed the certificate first, as far as the authority said. */
  readonly chain: readonly Buffer[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Has a certificate authority certify a new key for whom an identity token names (Fulcio, `POST /api/v2/signingCert`).
 * What the authority says is believed as far as it is about this key; whether it is trusted is for those who verify.
 *
 * @param token the identity token; goes to this authority and nowhere else
 * @throws SlipwayError IDENTITY_TOKEN_INVALID, IDENTITY_TOKEN_EXPIRED, FULCIO_REFUSED, FULCIO_UNREACHABLE,
 *   SERVICE_CONFUSED, and what `SigningService.post` throws
 */
export async function requestCertificate(options: {
  readonly fulcio: URL;
  readonly token: string;
  readonly service: SigningService;
}): Promise<Certified> {
  const { fulcio, service } = options;
  const token = options.token.trim();
  const { challenge } = readIdentityToken(token, new Date());
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const request = {
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: publicKey.export({ type: "spki", format: "pem" }) },
      proofOfPossession: sign("sha256", Buffer.from(challenge), privateKey).toString("base64"),
    },
  };
  const answer = await service.post(
    below(fulcio, "/api/v2/signingCert"),
    jsonRequest("fulcio", request, token),
    maxAnswerBytes,
  );
  if (answer.status !== 200 && answer.status !== 201) throw refusalOf("FULCIO_REFUSED", answer, fulcio, token);
  const { chain } = jsonOf(answer, answerSchema, fulcio);
  const [leaf, ...above] = chain.certificates.map((pem) => certificateIn(pem, fulcio));
  if (leaf === undefined) throw confused(fulcio, "no certificate");
  if (!leaf.publicKey.equals(createPublicKey(privateKey))) throw confused(fulcio, "a certificate for another key");
  for (const [position, issuer] of above.entries()) {
    const issued = position === 0 ? leaf : above[position - 1];
    if (issued?.verify(issuer.publicKey) !== true) throw confused(fulcio, "certificates that are not a chain");
  }
  return {
    key: privateKey,
    certificate: leaf.raw,
    chain: above.map(({ raw }) => raw),
    notBefore: leaf.validFromDate,
    notAfter: leaf.validToDate,
  };
}

function certificateIn(pem: string, fulcio: URL): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw confused(fulcio, "something else than a certificate in PEM");
  }
}

function confused({ host }: URL, what: string) {
  return keylessError("SERVICE_CONFUSED", `${host} sent ${what}`);
}
