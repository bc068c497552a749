import { sha256 } from "./plain-client.ts";

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";

const empty = { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256("{}"), size: 2 };

/** A manifest whose only blob is `{}`; what is given is added to it. */
export function manifestWith(more: Readonly<Record<string, unknown>> = {}): Buffer {
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: empty, layers: [empty], ...more }),
  );
}

/** A manifest that refers to another one. */
export function referrerOf(subject: Uint8Array, artifactType: string): Buffer {
  return manifestWith({
    artifactType,
    subject: { mediaType: manifestType, digest: sha256(subject), size: subject.length },
  });
}
