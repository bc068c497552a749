// Clients for signing without a key of one's own: a certificate for an identity token (Fulcio), an entry in a
// transparency log (Rekor), a stamp of the time (RFC 3161), each one request. Which of them a policy wants, and whether
// what they say is trusted, is for others. May import `src/errors` and `src/oci`,
// and how envelopes are written.

export { requestIdentityToken } from "./ambient-token.ts";
export { requestCertificate } from "./fulcio.ts";
export { type IdentityClaims, payloadOf, readIdentityToken } from "./identity-token.ts";
export { jsonOf } from "./json-answer.ts";
export { recordSignature } from "./rekor.ts";
export { openSigningService, type SigningService } from "./service.ts";
export { below } from "./service-url.ts";
export { requestTimestamp } from "./timestamps.ts";
