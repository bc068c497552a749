import { predicateType } from "../evidence/index.ts";
import type { Demand } from "./demands.ts";
import { admissionError } from "./errors.ts";
import { furtherConditions, type IdentityParty, type KeyParty, plainPem } from "./party.ts";
import { identityMatch } from "./pattern.ts";
import type { SigstoreKeys } from "./trust-root.ts";

/** A statement that an authority of policy-controller must have signed. */
export interface Attestation {
  readonly name: string;
  readonly predicateType: string;
  readonly policy?: { readonly type: "cue"; readonly data: string };
}

/** The instance that an identity's certificates come from. */
export interface Instance {
  readonly keys: SigstoreKeys | undefined;
  /** Of the TrustRoot; undefined for the public instance. */
  readonly name: string | undefined;
}

/**
 * Who of a demand policy-controller can be told of, any of whom will do.
 * @param attestation undefined for the signature itself
 * @param what continues "it must be …"
 * @throws SlipwayError ADMISSION_NOBODY
 */
export function authoritiesOf(
  { roles, keys, identities }: Demand,
  attestation: Attestation | undefined,
  instance: Instance,
  what: string,
): readonly object[] {
  const authorities = [
    ...keys.map((party) => keyAuthority(party, attestation)),
    ...identities.filter(expressible).map((party) => identityAuthority(party, attestation ?? signature, instance)),
  ];
  if (authorities.length > 0) return authorities;
  throw admissionError(
    "ADMISSION_NOBODY",
    `for policy-controller nobody is left of ${roles.join(" or ")}, by whom it must be ${what}`,
  );
}

/** In a bundle every statement passes for a signature; so the one that means it is asked for. */
const signature: Attestation = { name: "signature", predicateType: predicateType.cosignSignature };

function keyAuthority({ name, key }: KeyParty, attestation: Attestation | undefined): object {
  return {
    name,
    // Bundles by keys are not understood.
    signatureFormat: "legacy",
    key: { data: plainPem(key), hashAlgorithm: "sha256" },
    ...(attestation && { attestations: [attestation] }),
  };
}

function identityAuthority(
  { name, identity }: IdentityParty,
  attestation: Attestation,
  { keys, name: trustRootRef }: Instance,
): object {
  const identities = [identityMatch(identity)];
  const common = { name, signatureFormat: "bundle", attestations: [attestation] };
  if (keys === undefined) {
    const keyless = { url: "https://fulcio.sigstore.dev", identities };
    return { ...common, keyless, ctlog: { url: "https://rekor.sigstore.dev" } };
  }
  const url = keys.certificateAuthorities[0]?.uri;
  return {
    ...common,
    keyless: { url, trustRootRef, identities, ...(keys.ctLogs.length === 0 && { insecureIgnoreSCT: true }) },
    // Not its log: version 0.13.1 keeps logs of a TrustRoot under the hexadecimal of their hexadecimal names.
    rfc3161timestamp: { trustRootRef },
  };
}

/** False for an identity with conditions that the engine does not check. */
export function expressible({ identity }: IdentityParty): boolean {
  return furtherConditions(identity).length === 0;
}
