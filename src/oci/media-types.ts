/** Media types and annotation keys of the OCI image specification 1.1 that Slipway writes or reads. */
export const mediaType = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  emptyJson: "application/vnd.oci.empty.v1+json",
} as const;

export const annotation = {
  /** In a layout's index.json: the tag of an entry (image-spec, annotations.md). */
  refName: "org.opencontainers.image.ref.name",
  title: "org.opencontainers.image.title",
  version: "org.opencontainers.image.version",
  created: "org.opencontainers.image.created",
  source: "org.opencontainers.image.source",
  revision: "org.opencontainers.image.revision",
  licenses: "org.opencontainers.image.licenses",
  vendor: "org.opencontainers.image.vendor",
  description: "org.opencontainers.image.description",
  /**
   * In every manifest that Slipway writes: the tag that keeps it alive (DESIGN 5.3). A copy made by digest can
   * give it back, and a layout whose index lost it is known to have been altered.
   */
  ownTag: "io.slipway.tag",
} as const;

/** The empty JSON object as a blob (image-spec, manifest.md "Guidance for an Empty Descriptor"). */
export const emptyJson = {
  bytes: new TextEncoder().encode("{}"),
  descriptor: {
    mediaType: mediaType.emptyJson,
    digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    size: 2,
  },
} as const;

/** Registries must accept manifests up to this size (distribution-spec 1.1, "Pushing Manifests"). */
export const maxManifestBytes = 4 * 1024 * 1024;
