import { createHash, X509Certificate } from "node:crypto";
import { toDSSEBundle, toMessageSignatureBundle } from "@sigstore/bundle";
import * as z from "zod";
import { parseStrictJson } from "../../documents/index.ts";
import { evidenceType } from "../../evidence/index.ts";
import type { Descriptor } from "../../oci/index.ts";
import { proofProblem } from "../proof-shape.ts";
import { isCanonicalBase64 } from "../read-bundle.ts";
import { type SignedContent, type Unbelieved, unbelieved } from "../signed-content.ts";
import { legacyAnnotation, legacyType } from "./format.ts";
import { readLogEntry } from "./log-entry.ts";

type Annotations = Readonly<Record<string, string>>;

const base64 = z.string().min(1).refine(isCanonicalBase64);
const envelopeSchema = z.object({
  payload: base64,
  payloadType: z.string(),
  signatures: z.array(z.object({ sig: base64, keyid: z.string().optional() })),
});
const timestampSchema = z.object({ SignedRFC3161Timestamp: base64 });

/**
 * Reads a layer of a `.sig` or `.att` manifest (cosign, specs/SIGNATURE_SPEC.md). Its annotations are under no
 * signature; what they claim is put where a bundle has it, and proven there.
 */
export function readLegacyLayer(layer: Descriptor, bytes: Uint8Array): SignedContent | Unbelieved {
  const annotations = layer.annotations ?? {};
  switch (layer.mediaType) {
    case legacyType.signature:
      return readSignature(annotations, bytes);
    case legacyType.attestation:
      return readAttestation(annotations, bytes);
    default:
      return malformed(`its layer is of type ${layer.mediaType}`);
  }
}

function readSignature(annotations: Annotations, payload: Uint8Array): SignedContent | Unbelieved {
  const signature = annotations[legacyAnnotation.signature];
  if (signature === undefined || signature === "" || !isCanonicalBase64(signature)) {
    return malformed("its layer has no signature in canonical base64");
  }
  const digest = createHash("sha256").update(payload).digest();
  const bundle = toMessageSignatureBundle({ digest, signature: Buffer.from(signature, "base64") });
  return withProof({ storage: "legacy", states: "simple-signing", payload, bundle }, annotations);
}

function readAttestation(annotations: Annotations, bytes: Uint8Array): SignedContent | Unbelieved {
  const json = parseStrictJson(bytes);
  if ("problem" in json) return malformed(`its envelope is malformed: ${json.problem}`);
  const parsed = envelopeSchema.safeParse(json.value);
  if (!parsed.success) return malformed("its layer is not an envelope in canonical base64");
  const { payload, payloadType, signatures } = parsed.data;
  const [only] = signatures;
  if (only === undefined || signatures.length > 1) {
    return unbelieved("SIGNATURE_COUNT", `it has ${signatures.length} signatures instead of one`);
  }
  if (payloadType !== evidenceType.payload) {
    return unbelieved("PAYLOAD_TYPE", `its payload is of type "${payloadType}"`);
  }
  if ((only.keyid ?? "") !== "") {
    return unbelieved("KEY_ID_PRESENT", "its signature has a key id, which other verifiers do not accept");
  }
  const artifact = Buffer.from(payload, "base64");
  const bundle = toDSSEBundle({ artifact, artifactType: payloadType, signature: Buffer.from(only.sig, "base64") });
  return withProof({ storage: "legacy", states: "statement", payload: artifact, envelope: bytes, bundle }, annotations);
}

/** Adds what the annotations offer as proof. A key is not named there at all. */
function withProof(content: SignedContent, annotations: Annotations): SignedContent | Unbelieved {
  const certificate = annotations[legacyAnnotation.certificate];
  const log = annotations[legacyAnnotation.logEntry];
  const timestamp = annotations[legacyAnnotation.timestamp];
  const der = certificate === undefined || certificate === "" ? undefined : derOf(certificate);
  if (der === null) return unbelieved("CERTIFICATE_MALFORMED", "its certificate cannot be read");
  const entry = log === undefined || log === "" ? undefined : readLogEntry(log);
  if (entry === null) return malformed("its log entry is not what cosign writes");
  const stamped = timestamp === undefined || timestamp === "" ? undefined : timestampIn(timestamp);
  if (stamped === null) return malformed("its timestamp is not what cosign writes");
  const proven: SignedContent = {
    ...content,
    bundle: {
      ...content.bundle,
      verificationMaterial: {
        content:
          der === undefined
            ? { $case: "publicKey", publicKey: { hint: "" } }
            : { $case: "certificate", certificate: { rawBytes: der } },
        tlogEntries: entry === undefined ? [] : [entry],
        timestampVerificationData:
          stamped === undefined ? undefined : { rfc3161Timestamps: [{ signedTimestamp: stamped }] },
      },
    },
  };
  const problem = proofProblem(proven.bundle);
  return problem === undefined ? proven : malformed(problem);
}

function derOf(pem: string): Buffer | null {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    return null;
  }
}

function timestampIn(text: string): Buffer | null {
  const json = parseStrictJson(Buffer.from(text));
  const parsed = "problem" in json ? undefined : timestampSchema.safeParse(json.value);
  return parsed?.success ? Buffer.from(parsed.data.SignedRFC3161Timestamp, "base64") : null;
}

function malformed(why: string): Unbelieved {
  return unbelieved("LEGACY_MALFORMED", why);
}
