import type { PrivateSigstore } from "./start-sigstore.ts";

/** Flags of cosign 3.1.3 that belong together: what a form is signed or attested with, and then verified. */
export interface KeylessForm {
  readonly signing: readonly string[];
  readonly verifying: readonly string[];
}

/** A bundle with an entry of Rekor v2 and a timestamp; verifying wants the timestamp by itself, as v2 tells no time. */
export function bundleForm({ signingConfig, trustedRoot }: PrivateSigstore): KeylessForm {
  return {
    signing: [`--signing-config=${signingConfig}`, `--trusted-root=${trustedRoot}`],
    verifying: verifying(trustedRoot),
  };
}

/** A bundle with a timestamp and in no log. */
export async function unloggedBundleForm(stack: PrivateSigstore): Promise<KeylessForm> {
  const { fulcio, timestamps, trustedRoot } = stack;
  const config = await stack.signingConfigWith({ fulcio, timestamps });
  return {
    signing: [`--signing-config=${config}`, `--trusted-root=${trustedRoot}`],
    verifying: [...verifying(trustedRoot), ...byTimestamp],
  };
}

/**
 * The tag format with a timestamp and in no log. An attestation in this form cannot be verified by its timestamp: cosign
 * 3.1.3 stamps the signature, and accepts only a stamp of the envelope's bytes. Leave `--use-signed-timestamps` out there,
 * and the certificate is held against the clock: it is accepted for as long as the certificate lives (ten minutes).
 */
export function legacyForm({ fulcio, timestamps, trustedRoot }: PrivateSigstore): KeylessForm {
  const services = [`--fulcio-url=${fulcio.origin}`, `--timestamp-server-url=${timestamps.href}`];
  return {
    signing: [...inTags, "--tlog-upload=false", ...services, `--trusted-root=${trustedRoot}`],
    verifying: [...verifying(trustedRoot), ...byTimestamp],
  };
}

/** A bundle with an entry of a Rekor v1, whose time is the signature's: there is no timestamp. */
export async function rekorV1BundleForm(stack: PrivateSigstore, rekor: URL, trustedRoot: string): Promise<KeylessForm> {
  const config = await stack.signingConfigWith({ fulcio: stack.fulcio, rekor: { url: rekor, version: 1 } });
  return {
    signing: [`--signing-config=${config}`, `--trusted-root=${trustedRoot}`],
    verifying: verifying(trustedRoot),
  };
}

/** The tag format with an entry of a Rekor v1. */
export function rekorV1LegacyForm({ fulcio }: PrivateSigstore, rekor: URL, trustedRoot: string): KeylessForm {
  const services = [`--fulcio-url=${fulcio.origin}`, `--rekor-url=${rekor.origin}`];
  return {
    signing: [...inTags, ...services, `--trusted-root=${trustedRoot}`],
    // Without the address, cosign would look for an entry that is not there at the public log.
    verifying: [...verifying(trustedRoot), `--rekor-url=${rekor.origin}`],
  };
}

/** Whose signature is wanted. */
export function signedBy(identity: string, issuer: string): readonly string[] {
  return [`--certificate-identity=${identity}`, `--certificate-oidc-issuer=${issuer}`];
}

/** This Fulcio's certificates are in no log, so they have no SCT. */
function verifying(trustedRoot: string): readonly string[] {
  return [`--trusted-root=${trustedRoot}`, "--insecure-ignore-sct"];
}

const byTimestamp = ["--insecure-ignore-tlog", "--use-signed-timestamps"];

/** Addresses can only be given when there is no signing config, and a signing config makes bundles only. */
const inTags = ["--new-bundle-format=false", "--use-signing-config=false"];
