import { createHash, type KeyObject, sign } from "node:crypto";
import { type Descriptor, hexOf } from "../../../src/oci/index.ts";
import { keys } from "./place.ts";

/*
 * Bundles of a key, put together by hand as other tools write them, with anything wrong in them.
 */

const payloadType = "application/vnd.in-toto+json";
export const signatureType = "https://sigstore.dev/cosign/sign/v1";
export const testResultType = "https://in-toto.io/attestation/test-result/v0.1";

export function statement(subject: Descriptor, changes: object = {}): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: hexOf(subject.digest) } }],
    predicateType: signatureType,
    predicate: {},
    ...changes,
  };
}

/** @param payload a statement, or text that stands for one */
export function signedBundle(
  payload: object | string,
  {
    by = keys.builder,
    named = by,
    type = payloadType,
  }: { readonly by?: KeyPair; readonly named?: KeyPair; readonly type?: string } = {},
) {
  const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${bytes.length} `), bytes]);
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: hintOf(named.publicKey) } },
    dsseEnvelope: {
      payload: bytes.toString("base64"),
      payloadType: type,
      signatures: [{ sig: sign("sha256", signed, by.privateKey).toString("base64") }],
    },
  };
}

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function hintOf(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64");
}

/** Base64 with one bit of the bytes in its middle changed. */
export function flipped(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString("base64");
}
