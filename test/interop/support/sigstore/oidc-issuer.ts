import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";

/** What a token says, beside who issued it, for whom and when. */
export interface Claims {
  readonly sub: string;
  readonly [claim: string]: string | number | boolean;
}

interface TokenOptions {
  /** `sigstore` unless told, which is what Fulcio wants. */
  readonly audience?: string;
  /** Seconds from now; negative for a token that is too old. Five minutes unless told, as GitHub's are. */
  readonly expiresIn?: number;
  /** Seconds from now; positive for a token that is not valid yet. */
  readonly notBefore?: number;
}

/** An issuer of identity tokens on loopback. */
export interface OidcIssuer extends AsyncDisposable {
  /** What its tokens have as `iss`: an address without a slash at its end. */
  readonly url: string;
  /** A token as a JWT. */
  token(claims: Claims, options?: TokenOptions): string;
}

/** Starts an issuer with a key of its own (OpenID Connect Discovery 1.0, RFC 7517, RFC 7519; ES256 of RFC 7518). */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = randomUUID();
  const keys = [{ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" }];

  const server = createServer((request, response) => {
    const documents: Readonly<Record<string, object>> = {
      "/.well-known/openid-configuration": {
        issuer: url,
        jwks_uri: `${url}/keys`,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["ES256"],
      },
      "/keys": { keys },
    };
    const document = documents[request.url ?? ""];
    response.writeHead(document === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the issuer has no port");
  const url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    token(claims, { audience = "sigstore", expiresIn = 300, notBefore = 0 } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now + notBefore, exp: now + expiresIn };
      const parts = [
        { alg: "ES256", typ: "JWT", kid },
        { iss: url, aud: audience, jti: randomUUID(), ...times, ...claims },
      ];
      const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
      const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${signed}.${signature.toString("base64url")}`;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
