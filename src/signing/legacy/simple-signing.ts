import * as z from "zod";
import { parseStrictJson } from "../../documents/index.ts";
import { type Digest, isDigest } from "../../oci/index.ts";
import { simpleSigningType } from "./format.ts";

const payloadSchema = z.object({
  critical: z.object({
    identity: z.object({ "docker-reference": z.string() }),
    image: z.object({ "docker-manifest-digest": z.string().refine(isDigest) }),
    type: z.literal(simpleSigningType),
  }),
});

/**
 * The digest that a simple-signing payload is about (cosign, specs/SIGNATURE_SPEC.md); undefined when it is not one. The
 * repository that it names is not asked for: a copy of a release keeps its signatures, and its digest covers its name.
 */
export function readSimpleSigning(payload: Uint8Array): Digest | undefined {
  const json = parseStrictJson(payload);
  const parsed = "problem" in json ? undefined : payloadSchema.safeParse(json.value);
  const digest = parsed?.data?.critical.image["docker-manifest-digest"];
  return digest !== undefined && isDigest(digest) ? digest : undefined;
}

/** The payload that says that a digest is signed. @param repository where it lies, as a registry calls it */
export function encodeSimpleSigning(subject: Digest, repository: string): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": repository },
        image: { "docker-manifest-digest": subject },
        type: simpleSigningType,
      },
      optional: null,
    }),
  );
}
