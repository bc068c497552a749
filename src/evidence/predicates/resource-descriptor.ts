import * as z from "zod";

/** in-toto attestation spec v1, field_types/DigestSet: hexadecimal digests by algorithm. */
const digestsSchema = z.record(z.string().min(1), z.string().min(1));

/** in-toto attestation spec v1, field_types/ResourceDescriptor. A name alone says not which bytes are meant. */
export const resourceDescriptorSchema = z
  .looseObject({
    name: z.string().optional(),
    uri: z.string().min(1).optional(),
    digest: digestsSchema.optional(),
    content: z.string().optional(),
    mediaType: z.string().optional(),
    annotations: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(
    ({ uri, digest, content }) => uri !== undefined || content !== undefined || Object.keys(digest ?? {}).length > 0,
    { error: "it has none of uri, digest and content" },
  );
