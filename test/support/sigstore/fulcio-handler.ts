import { createPublicKey, type KeyObject, verify } from "node:crypto";
import * as z from "zod";
import type { CertificateAuthority } from "./certificate-authority.ts";
import type { IdentityIssuer } from "./identity-issuer.ts";
import { type Asked, errorReply, type Handler, jsonReply } from "./serve.ts";

const requestSchema = z.strictObject({
  publicKeyRequest: z.strictObject({
    publicKey: z.strictObject({ algorithm: z.literal("ECDSA"), content: z.string() }),
    proofOfPossession: z.base64(),
  }),
});
const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  aud: z.literal("sigstore"),
  exp: z.number(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
});

const words = {
  token: "There was an error processing the identity token",
  proof: "The signature supplied in the request could not be verified",
  key: "The public key supplied in the request could not be parsed",
};

/** How an answer speaks of the log of certificates. */
type SctForm = "embedded" | "detached" | "none";

export interface FulcioOptions {
  readonly sct?: SctForm;
  /** Certified in place of the key that was sent: a lie. */
  readonly certified?: KeyObject;
  /** How long certificates are valid, in milliseconds. */
  readonly lifetime?: number;
}

/**
 * Fulcio 1.8's `POST /api/v2/signingCert`: it takes a bearer's token of one issuer, and a proof that is a signature over
 * the address or the subject in it.
 */
export function fulcioHandler(
  authority: CertificateAuthority,
  issuer: IdentityIssuer,
  { sct = "embedded", certified, lifetime = 10 * 60_000 }: FulcioOptions = {},
): Handler {
  return (asked) => {
    if (asked.method !== "POST" || asked.path !== "/api/v2/signingCert") return errorReply(404, 5, "Not Found");
    if (asked.headers["content-type"] !== "application/json") return errorReply(415, 3, "unsupported content type");
    const claims = authenticated(asked, issuer);
    if (claims === undefined) return errorReply(400, 3, words.token);
    const request = requestSchema.safeParse(JSON.parse(asked.body.toString()));
    if (!request.success) return errorReply(400, 3, words.key);
    const { publicKey, proofOfPossession } = request.data.publicKeyRequest;
    const key = createPublicKey(publicKey.content);
    const { email, sub } = claims;
    const proof = Buffer.from(proofOfPossession, "base64");
    if (!verify("sha256", Buffer.from(email ?? sub), key, proof)) return errorReply(400, 3, words.proof);
    const now = new Date();
    const issued = authority.issue({
      subject: email === undefined ? { uri: sub } : { email },
      issuer: claims.iss,
      publicKey: certified ?? key,
      notBefore: now,
      notAfter: new Date(now.getTime() + lifetime),
    });
    const chain = { certificates: [issued.certificate, ...issued.chain].map(pem) };
    if (sct === "embedded") return jsonReply(200, { signedCertificateEmbeddedSct: { chain } });
    const signedCertificateTimestamp = sct === "none" ? "" : Buffer.from("{}").toString("base64");
    return jsonReply(200, { signedCertificateDetachedSct: { chain, signedCertificateTimestamp } });
  };
}

function authenticated(asked: Asked, issuer: IdentityIssuer): z.infer<typeof claimsSchema> | undefined {
  const token = /^Bearer (\S+)$/.exec(asked.headers.authorization ?? "")?.[1] ?? "";
  const [header = "", payload = "", signature = ""] = token.split(".");
  const key = { key: issuer.publicKey, dsaEncoding: "ieee-p1363" } as const;
  if (!verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")))
    return undefined;
  const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  const valid = claims.success && claims.data.iss === issuer.issuer && claims.data.exp * 1000 > Date.now();
  if (!valid || (claims.data.email !== undefined && claims.data.email_verified !== true)) return undefined;
  return claims.data;
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
