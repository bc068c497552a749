import { input } from "../contract/index.ts";
import { evidenceFormats } from "./attach.ts";
import { commandInputs } from "./command/inputs.ts";

/** Inputs of every step that signs: who signs. */
export const signerInputs = {
  key: input.secretFile({
    description: "Private key: ECDSA P-256 in PEM (PKCS#8, SEC 1, or as cosign encrypts it).",
    example: "keys/builder.pem",
  }),
  password: input.secretFile({
    description: "Password of the private key, when it is encrypted.",
    example: "keys/builder.password",
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
