/**
 * An envelope as cosign writes it, to the byte (DSSE, "envelope"): members in its order, and an empty key id. In cosign's
 * older storage this is the layer, and what Rekor 1 records has to be its hash.
 */
export function envelopeText(envelope: {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}): string {
  const [payload, sig] = [envelope.payload, envelope.signature].map((bytes) => Buffer.from(bytes).toString("base64"));
  return JSON.stringify({ payloadType: envelope.payloadType, payload, signatures: [{ keyid: "", sig }] });
}
