import type { Digest } from "../oci/index.ts";
import type { Demands } from "./demands.ts";
import type { ImageGlob } from "./image-glob.ts";

/** What policies are written for. */
export interface AdmissionRequest {
  readonly policy: { readonly file: string; readonly digest: Digest };
  readonly demands: Demands;
  readonly images: ImageGlob;
  /** Only namespaces with this label; undefined for all. */
  readonly namespaceLabel: { readonly name: string; readonly value: string } | undefined;
  /** sigstore's trusted root, as JSON; undefined for the public instance, or when nobody signs with an identity. */
  readonly trustedRoot: unknown;
  readonly now: Date;
}

/** A file to write, named without a folder. */
export interface AdmissionFile {
  readonly name: string;
  readonly text: string;
}
