import type { Digest } from "../oci/index.ts";
import type { Link } from "./dossier.ts";

/** Which release is meant: an equal subject is an equal release. */
export interface ReleaseIdentity {
  readonly subject: Digest;
  readonly name: string;
  readonly version: string;
  readonly variant: string;
}

/** `retina/seg 2.4.1 jetson`, for messages. */
export function showRelease({ name, version, variant }: Omit<ReleaseIdentity, "subject">): string {
  return `${name} ${version} ${variant}`;
}

/** True for a link about this release. */
export function isOf(release: ReleaseIdentity, { subject, promotion }: Link): boolean {
  return (
    subject === release.subject &&
    promotion.name === release.name &&
    promotion.version === release.version &&
    promotion.variant === release.variant
  );
}
