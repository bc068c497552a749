import { type InputValues, input } from "../contract/index.ts";
import { signingError } from "./errors.ts";
import { readTrustedKeys } from "./read-trusted-keys.ts";
import { readTrustedRootFile } from "./trust/read-root-file.ts";
import type { SignerTrust } from "./trust/signer-trust.ts";

/** Inputs of every step that verifies signatures: whose count. */
export const trustInputs = {
  key: input.list({
    description: "Public keys (PEM files) that may sign releases.",
    example: "keys/builder.pub",
  }),
  "trusted-root": input.path({
    alternative: true,
    description:
      "Sigstore's trusted root, for signatures made with a certificate: the authorities whose certificates, timestamps and log entries count. What it names is required.",
    example: "trusted_root.json",
  }),
  "certificate-identity": input.list({
    alternative: true,
    description:
      "Whom certificates may name: the URI of a workflow with its reference, or an e-mail address, from end to end; `*` stands for any run of characters but `/`.",
    example: "https://github.com/acme/models/.github/workflows/release.yml@refs/heads/main",
  }),
  "certificate-issuer": input.string({
    alternative: true,
    description: "OpenID Connect issuer that vouches for `certificate-identity`, exactly.",
    example: "https://token.actions.githubusercontent.com",
  }),
};

/**
 * Reads whose signatures a step was told to believe; undefined when it was told of nobody.
 * @throws SlipwayError KEY_*, TRUSTED_ROOT_INVALID, TRUST_INCOMPLETE
 */
export async function openTrust(
  given: InputValues<typeof trustInputs>,
  directory: string,
): Promise<SignerTrust | undefined> {
  const { key, "trusted-root": path, "certificate-identity": subjects, "certificate-issuer": issuer } = given;
  const named = subjects !== undefined || issuer !== undefined;
  // With a key, a trusted root alone says whose timestamps count.
  const complete = named
    ? path !== undefined && subjects !== undefined && issuer !== undefined
    : path === undefined || key !== undefined;
  if (!complete) {
    throw signingError(
      "TRUST_INCOMPLETE",
      "of trusted-root, certificate-identity and certificate-issuer one is missing",
    );
  }
  if (key === undefined && !named) return undefined;
  return {
    keys: key === undefined ? [] : await readTrustedKeys(key, directory),
    identities: issuer === undefined ? [] : (subjects ?? []).map((subject) => ({ issuer, subject, claims: {} })),
    root: path === undefined ? undefined : await readTrustedRootFile(path),
  };
}
