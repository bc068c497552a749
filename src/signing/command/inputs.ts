import { input } from "../../contract/index.ts";

/** Inputs of every step that signs: a command that has the key, instead of the key itself. */
export const commandInputs = {
  "signer-command": input.lines({
    alternative: true,
    description:
      "Program that signs with a key which it holds (KMS, HSM, PKCS#11), and its arguments, in place of `key`. `{payload}` and `{digest}` stand for files with the bytes and with their SHA-256, `{digest-hex}` and `{digest-base64}` for that digest itself; without any of them the bytes come on stdin. It prints the signature.",
    example: "sign-with-hsm",
  }),
  "signer-public-key": input.path({
    alternative: true,
    description: "Public key (PEM) of the key that `signer-command` signs with; each signature is checked with it.",
    example: "keys/builder.pub",
  }),
  "signer-env": input.list({
    alternative: true,
    description: "Names of environment variables that `signer-command` may see, besides PATH and HOME.",
    example: "AWS_REGION",
  }),
};
