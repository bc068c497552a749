import { sign } from "node:crypto";
import { dsse } from "@sigstore/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import type { SigningKey } from "./key.ts";
import type { StatementSigner, ToSign, Witness } from "./signer.ts";
import { keyHolder, trustKeys } from "./trust/signer-trust.ts";

/**
 * Signs with a key that is here.
 * @param witness who vouches for the signatures; nobody when left out
 * @param root authorities by which what was signed is verified before it is attached
 */
export function keySigner({ key, trusted }: SigningKey, witness?: Witness, root?: TrustedRoot): StatementSigner {
  return {
    signatory: keyHolder(trusted),
    recognises: { ...trustKeys([trusted]), root },
    stamp: witness?.stamp,
    async sign(content) {
      const signed = bytesToSign(content);
      const made = { signature: sign("sha256", signed, key), maker: { kind: "key", hint: trusted.hint } } as const;
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
