import { type KeyObject, sign } from "node:crypto";
import { newKey } from "./certificate-authority.ts";

/** Who writes identity tokens. */
export interface IdentityIssuer {
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** A token for ten minutes that is meant for `sigstore`, unless the claims say otherwise. */
  token(claims: Readonly<Record<string, unknown>>): string;
}

export function identityIssuer(issuer = "https://issuer.test"): IdentityIssuer {
  const { publicKey, privateKey } = newKey("P-256");
  return {
    issuer,
    publicKey,
    token(claims) {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer, aud: "sigstore", iat: now, exp: now + 600, ...claims };
      const signed = [{ alg: "ES256", typ: "JWT" }, payload].map(encoded).join(".");
      const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${signed}.${signature.toString("base64url")}`;
    },
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
