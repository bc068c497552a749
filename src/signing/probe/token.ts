import type { Host, Secret } from "../../contract/index.ts";
import { type Finding, finding } from "../../oci/index.ts";
import { signingError } from "../errors.ts";
import {
  type IdentityClaims,
  payloadOf,
  readIdentityToken,
  requestIdentityToken,
  type SigningService,
} from "../keyless/index.ts";
import type { CertifiedIdentity } from "../trust/certified-identity.ts";
import { expectedIdentities } from "./expected-identity.ts";
import { failed, type Heard, hear } from "./heard.ts";
import { readSecret } from "./key.ts";

const audience = "sigstore";
/** Less is over before a certificate was asked for. */
const leastLifeMs = 60_000;

/** What a token says; the token itself is not kept. */
export interface TokenSeen {
  readonly claims: IdentityClaims;
  /** Whom a certificate may name, the likeliest first; nobody where that cannot be told. */
  readonly identities: readonly CertifiedIdentity[];
}

/** Reads the job's identity token, or asks the job's own system for one; it is shown to nobody. */
export async function tryToken(
  file: Secret | undefined,
  host: Pick<Host, "mask" | "signal" | "now" | "identityProvider">,
  service: SigningService,
): Promise<Heard<TokenSeen>> {
  return hear(host.signal, async () => {
    const token = await tokenFrom(file, host, service);
    return { claims: readIdentityToken(token, host.now()), identities: expectedIdentities(payloadOf(token)) };
  });
}

async function tokenFrom(
  file: Secret | undefined,
  host: Parameters<typeof tryToken>[1],
  service: SigningService,
): Promise<string> {
  if (file !== undefined) {
    const token = (await readSecret(file, host)).toString("utf8").trim();
    host.mask(token);
    return token;
  }
  const { identityProvider: provider } = host;
  const url = URL.parse(provider?.url ?? "");
  if (provider === undefined || url === null) {
    throw signingError("IDENTITY_TOKEN_MISSING", "there is no identity token to sign with");
  }
  const token = (await readSecret(provider.token, host)).toString("utf8").trim();
  const made = await requestIdentityToken({ provider: { url, token }, audience, service });
  host.mask(made);
  return made;
}

/** Whether a certificate authority can be shown the token. */
export function judgeToken(seen: Heard<TokenSeen>, now: Date): Finding {
  const check = "identity token";
  if ("failure" in seen) return failed(check, seen.failure, "Nothing can be signed without a key");
  const { issuer, audience: meant, expires } = seen.said.claims;
  if (!meant.includes(audience)) {
    return finding(
      check,
      "warning",
      `it is from ${issuer}, for ${meant.length === 0 ? "nobody in particular" : `the audience ${meant.join(", ")}`}`,
      "A certificate authority refuses tokens that are not meant for it, which by custom are for `sigstore`: have it made for that audience.",
    );
  }
  const left = expires.getTime() - now.getTime();
  if (left < leastLifeMs) {
    return finding(
      check,
      "warning",
      `it is from ${issuer} and runs out in ${Math.ceil(left / 1000)} s`,
      "It may be over before it is shown to the authority: have a new one made right before signing.",
    );
  }
  return finding(check, "ok", `it is from ${issuer}, for ${audience}, and good for ${Math.floor(left / 60_000)} min`);
}
