import { sign } from "node:crypto";
import { dsse } from "@sigstore/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import type { SigningKey, TrustedKey } from "./key.ts";
import type { StatementSigner, ToSign, Witness } from "./signer.ts";
import { keyHolder, trustKeys } from "./trust/signer-trust.ts";

/** Who vouches for a key's signatures, and how that is checked. */
export interface Vouching {
  /** Nobody when left out. */
  readonly witness?: Witness | undefined;
  /** Authorities by which what was signed is verified before it is attached. */
  readonly root?: TrustedRoot | undefined;
}

/** Signs with a key that is here. */
export function keySigner({ key, trusted }: SigningKey, vouching?: Vouching): StatementSigner {
  return holderOf(trusted, async (signed) => sign("sha256", signed, key), vouching);
}

/**
 * Signs with a key, wherever it is.
 * @param make gives ECDSA over the SHA-256 of these bytes, in DER, as `trusted` verifies it
 */
export function holderOf(
  trusted: TrustedKey,
  make: (signed: Buffer) => Promise<Buffer>,
  { witness, root }: Vouching = {},
): StatementSigner {
  return {
    signatory: keyHolder(trusted),
    recognises: { ...trustKeys([trusted]), root },
    stamp: witness?.stamp,
    async sign(content) {
      const signed = bytesToSign(content);
      const made = { signature: await make(signed), maker: { kind: "key", hint: trusted.hint } } as const;
      const publicKey = trusted.key.export({ type: "spki", format: "der" });
      const proof = await witness?.testify(content, { ...made, publicKey });
      return { ...made, ...(proof ?? { logEntries: [], timestamps: [] }) };
    },
  };
}

/** The bytes that a signature is over. */
export function bytesToSign(content: ToSign): Buffer {
  const payload = Buffer.from(content.payload);
  return content.form === "dsse" ? dsse.preAuthEncoding(content.payloadType, payload) : payload;
}
