/** Media type of the bundles that are written (sigstore protobuf-specs, bundle v0.3). */
export const bundleMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** True for the media type of a sigstore bundle, of whatever version and spelling. */
export function isBundleType(type: string | undefined): boolean {
  return type?.startsWith("application/vnd.dev.sigstore.bundle") === true;
}

/** Annotations of a bundle's manifest (cosign, specs/BUNDLE_SPEC.md). */
export const bundleAnnotation = {
  content: "dev.sigstore.bundle.content",
  predicateType: "dev.sigstore.bundle.predicateType",
} as const;
