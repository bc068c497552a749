import type { TrustedRoot } from "@sigstore/protobuf-specs";
import type { TrustedKey } from "../key.ts";
import type { CertifiedIdentity } from "./certified-identity.ts";
import type { IdentityPattern } from "./identity-pattern.ts";

/** Who signed, as it was proven: the holder of a key, or whom a certificate names. */
export type Signatory = KeyHolder | CertifiedIdentity;

export interface KeyHolder {
  readonly kind: "key";
  /** Lower-case hexadecimal SHA-256 of the key's SPKI. */
  readonly fingerprint: string;
}

/** Whose signatures are believed at all. What they may state is for the reader of a statement to say. */
export interface SignerTrust {
  readonly keys: readonly TrustedKey[];
  readonly identities: readonly IdentityPattern[];
  /** Certificate, timestamp and log authorities; undefined when none is trusted. */
  readonly root: TrustedRoot | undefined;
  /** Who else is known and may sign other things; left out when nobody is. Only told apart from strangers. */
  readonly others?: Omit<SignerTrust, "others">;
}

/** Trust in keys alone. */
export function trustKeys(keys: readonly TrustedKey[]): SignerTrust {
  return { keys, identities: [], root: undefined };
}

/** The holder of a key as verification names them. */
export function keyHolder({ fingerprint }: TrustedKey): KeyHolder {
  return { kind: "key", fingerprint };
}

/** A signatory in a message: its fingerprint, or the subject of its certificate. */
export function showSignatory(signatory: Signatory): string {
  return signatory.kind === "key" ? signatory.fingerprint : `${signatory.subject} (${signatory.issuer})`;
}
