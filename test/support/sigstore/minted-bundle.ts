import { createHash, sign } from "node:crypto";
import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { assembledBundle, signedBytes } from "./assembled-bundle.ts";
import type { CertificateAuthority } from "./certificate-authority.ts";
import type { Sigstore } from "./index.ts";

type LeafFacts = Parameters<CertificateAuthority["issue"]>[0];

export const workflow = "https://github.com/acme/models/.github/workflows/release.yml@refs/heads/main";
export const issuer = "https://token.actions.githubusercontent.com";
const payloadType = "application/vnd.in-toto+json";

/** What is signed with a certificate, and what is wrong with it. */
export interface Minting {
  readonly payload: Uint8Array;
  readonly payloadType?: string;
  /** When it is stamped. */
  readonly at: Date;
  readonly leaf?: Partial<LeafFacts>;
  /** Who stamps and records in place of the authority's own; `false` when nobody does. */
  readonly stamp?: Pick<Sigstore, "timestamps"> | Buffer | false;
  readonly entry?: Pick<Sigstore, "log"> | TransparencyLogEntry | false;
}

/** A signature with a certificate, all of its parts, and the bundle of them. */
export interface Minted {
  readonly signature: Buffer;
  readonly certificate: Buffer;
  readonly stamp: Buffer | undefined;
  readonly entry: TransparencyLogEntry | undefined;
  readonly signed: Buffer;
  readonly bundle: object;
  readonly bytes: Buffer;
}

/** Signs a payload with a certificate of an authority, as a client of Sigstore does, well or badly. */
export function mintBundle(sigstore: Sigstore, minting: Minting): Minted {
  const { at, leaf = {}, stamp = sigstore, entry = sigstore } = minting;
  const envelope = { payload: Buffer.from(minting.payload), payloadType: minting.payloadType ?? payloadType };
  const issued = sigstore.fulcio.issue({ subject: { uri: workflow }, issuer, at, ...leaf });
  if (issued.key === undefined) throw new Error("there is no key to sign with");
  const signed = signedBytes(envelope);
  const signature = sign(leaf.kind === "P-384" ? "sha384" : "sha256", signed, issued.key);
  const { certificate } = issued;
  const stamped = stamp === false ? undefined : Buffer.isBuffer(stamp) ? stamp : stamp.timestamps.stamp(signature, at);
  const recorded =
    entry === false
      ? undefined
      : "log" in entry
        ? entry.log.record({ digest: sha256(signed), signature, verifier: { certificate } })
        : entry;
  const parts = {
    ...envelope,
    signature,
    certificate,
    ...(stamped && { stamp: stamped }),
    ...(recorded && { entry: recorded }),
  };
  const bundle = assembledBundle(parts);
  return { signature, certificate, stamp: stamped, entry: recorded, signed, bundle, bytes: jsonOf(bundle) };
}

function jsonOf(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
