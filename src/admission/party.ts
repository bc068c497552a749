/** What a signing certificate must say; `*` in a pattern stands for any run of characters without "/". */
export interface PartyIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly repository?: string;
  readonly ref?: string;
  readonly workflow?: string;
  readonly environment?: string;
  readonly trigger?: string;
  readonly runner?: string;
}

interface Named {
  readonly name: string;
  /** When it may act; undefined means without limit. */
  readonly from: Date | undefined;
  readonly until: Date | undefined;
}

/** A member of a role that signs with a key. */
export interface KeyParty extends Named {
  /** Public key in PEM. */
  readonly key: string;
}

/** A member of a role that signs with certificates for its identity. */
export interface IdentityParty extends Named {
  readonly identity: PartyIdentity;
}

/** Somebody who may act in a role. */
export type Party = KeyParty | IdentityParty;

/** A public key in PEM with 64 characters to a line, however it was broken before: equal keys are equal texts. */
export function plainPem(pem: string): string {
  const body = pem.replace(/-----(?:BEGIN|END) PUBLIC KEY-----/g, "").replace(/\s+/g, "");
  return `-----BEGIN PUBLIC KEY-----\n${body.match(/.{1,64}/g)?.join("\n") ?? ""}\n-----END PUBLIC KEY-----\n`;
}

/** Conditions on an identity that no cluster engine checks on a bundle: what the certificate says besides its names. */
export function furtherConditions({ issuer, subject, ...further }: PartyIdentity): readonly string[] {
  return Object.entries(further).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
