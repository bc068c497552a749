import { randomBytes } from "node:crypto";
import { type Digest, digestOf } from "../../digest.ts";
import { encodeManifest } from "../../manifest.ts";
import { annotation, mediaType } from "../../media-types.ts";
import { probeTag } from "./probe-tag.ts";

/** Some bytes under their digest. */
export interface ProbeBytes {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** What one run puts into a registry. Nothing of it is shared with any release, so that it can be removed again. */
export interface ProbeContent {
  readonly tag: string;
  /** Sent in pieces. */
  readonly pieces: ProbeBytes;
  /** Sent in one piece; what the manifests name. */
  readonly whole: ProbeBytes;
  readonly manifest: ProbeBytes;
  /** Another manifest, which has the first one as its subject. */
  readonly other: ProbeBytes;
}

const probeType = "application/vnd.slipway.doctor.v1";

/**
 * Content that nobody has yet.
 *
 * @param created when, for people who find it left behind
 * @param leftover tag of an earlier run to write to again, so that no more of them pile up where none can be removed
 */
export function makeProbeContent(created: Date, leftover: string | undefined): ProbeContent {
  const run = randomBytes(6).toString("hex");
  const pieces = addressed(new TextEncoder().encode(`slipway doctor ${run}: sent in pieces.\n`.padEnd(2048, ".")));
  const whole = addressed(new TextEncoder().encode(`slipway doctor ${run}: sent in one piece.\n`));
  const blob = { mediaType: `${probeType}+text`, digest: whole.digest, size: whole.bytes.length };
  const common = { schemaVersion: 2 as const, mediaType: mediaType.manifest, artifactType: probeType };
  const annotations = {
    [annotation.created]: created.toISOString(),
    [annotation.description]: "A probe of `slipway doctor`; may be deleted.",
  };
  const manifest = addressed(encodeManifest({ ...common, config: blob, layers: [blob], annotations }));
  const subject = { mediaType: mediaType.manifest, digest: manifest.digest, size: manifest.bytes.length };
  const other = addressed(encodeManifest({ ...common, config: blob, layers: [blob], subject, annotations }));
  return { tag: leftover ?? probeTag(created, run), pieces, whole, manifest, other };
}

function addressed(bytes: Uint8Array): ProbeBytes {
  return { bytes, digest: digestOf(bytes) };
}
