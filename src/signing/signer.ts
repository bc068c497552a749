import type { TransparencyLogEntry } from "@sigstore/bundle";
import type { Signatory, SignerTrust } from "./trust/signer-trust.ts";

/** What is to be signed. */
export type ToSign =
  /** A statement in an envelope: what is signed is its pre-authentication encoding (DSSE protocol, "PAE"). */
  | { readonly form: "dsse"; readonly payload: Uint8Array; readonly payloadType: string }
  /** Bytes as they are. */
  | { readonly form: "bytes"; readonly payload: Uint8Array };

/** A signature, and everything that others need to check it. */
export interface Signature {
  /** ECDSA on P-256 over SHA-256, in DER. */
  readonly signature: Buffer;
  readonly maker:
    | { readonly kind: "key" /** Base64 SHA-256 of the key's SPKI. */; readonly hint: string }
    | {
        readonly kind: "certificate";
        /** DER. */
        readonly certificate: Buffer;
        /** DER, from the issuer of the certificate on. */
        readonly chain: readonly Buffer[];
      };
  readonly logEntries: readonly TransparencyLogEntry[];
  /** RFC 3161 answers, in DER. */
  readonly timestamps: readonly Buffer[];
}

/** Somebody who can sign now: the holder of a key, of a short-lived certificate, or of a command that has the key. */
export interface StatementSigner {
  /** As verification will know the signer. */
  readonly signatory: Signatory;
  /** Trust in this signer alone, by which what an earlier attempt attached is found again. */
  readonly recognises: SignerTrust;
  /** @throws SlipwayError what the services that are asked for proof throw */
  sign(content: ToSign): Promise<Signature>;
  /** Stamps other bytes with the time, where a timestamp authority vouches for this signer. */
  readonly stamp: Witness["stamp"];
}

/** What vouches for signatures besides the signer: a log, a timestamp authority, or nobody. */
export interface Witness {
  testify(
    content: ToSign,
    made: Pick<Signature, "signature" | "maker"> & { /** SPKI in DER. */ readonly publicKey: Buffer },
  ): Promise<Pick<Signature, "logEntries" | "timestamps">>;
  /** Stamps other bytes with the time (RFC 3161); undefined without a timestamp authority. */
  readonly stamp: ((bytes: Uint8Array) => Promise<Buffer>) | undefined;
}
