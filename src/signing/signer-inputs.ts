import { input } from "../contract/index.ts";
import { evidenceFormats } from "./attach.ts";
import { commandInputs } from "./command/inputs.ts";

/** The private key of somebody. @param who whose it is, for the example */
export function signingKey(who: string) {
  return input.secretFile({
    description: `Private key of the ${who}: ECDSA P-256 in PEM (PKCS#8, SEC 1, or as cosign encrypts it).`,
    example: `keys/${who}.pem`,
  });
}

/** Inputs of every step that signs: who signs, and who vouches for it. */
export const signerInputs = {
  key: signingKey("builder"),
  password: input.secretFile({
    description: "Password of the private key, when it is encrypted.",
    alternative: true,
  }),
  "fulcio-url": input.string({
    alternative: true,
    description:
      "Certificate authority (Fulcio) to sign without a key: the job's identity is shown to it, and stands in the certificate for everybody to read.",
    example: "https://fulcio.example.com",
  }),
  "identity-token": input.tokenFile({
    alternative: true,
    description:
      "File with an OpenID Connect token for the audience `sigstore`, such as a projected service account token. On GitHub it is asked for when it is left out.",
    example: "/var/run/sigstore/cosign/oidc-token",
  }),
  "rekor-url": input.string({
    alternative: true,
    description: "Transparency log (Rekor) to record signatures in; what it records stays there for ever.",
    example: "https://rekor.example.com",
  }),
  "rekor-version": input.choice(["1", "2"], { description: "Version of the log's interface.", default: "2" }),
  "timestamp-url": input.string({
    alternative: true,
    description: "Timestamp authority (RFC 3161) that vouches for the time of signatures.",
    example: "https://timestamp.example.com/api/v1/timestamp",
  }),
  "trusted-root": input.path({
    alternative: true,
    description: "Sigstore's trusted root; when given, what was signed is verified with it before it is attached.",
    example: "trusted_root.json",
  }),
  ...commandInputs,
};

/** Input of every step that attaches what it signed. */
export const formatInput = {
  format: input.choice(evidenceFormats, {
    description:
      "Where what was signed is stored: `bundle` (a sigstore bundle as a referrer, which cosign 3 reads), `legacy` (cosign's `.sig` and `.att` tags, which Kyverno and policy-controller need for keys), or `both`.",
    default: "both",
  }),
};
