import * as z from "zod";

const componentSchema = z.looseObject({
  type: z.string().min(1),
  name: z.string().min(1),
  version: z.string().optional(),
  "bom-ref": z.string().optional(),
  purl: z.string().optional(),
  hashes: z.array(z.looseObject({ alg: z.string().min(1), content: z.string().regex(/^[0-9a-fA-F]+$/) })).optional(),
});

/**
 * A CycloneDX bill of materials in JSON, as far as a verifier relies on it: that it is one, of which version, and what it
 * is about. CycloneDX's own schema of that version has the rest.
 */
export const sbomSchema = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  /** JSON came with version 1.2. */
  specVersion: z.string().regex(/^1\.(?:[2-9]|[1-9]\d)$/),
  serialNumber: z
    .string()
    .regex(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
    .optional(),
  version: z.int().positive().optional(),
  metadata: z.looseObject({ timestamp: z.iso.datetime({ offset: true }).optional(), component: componentSchema }),
  components: z.array(componentSchema).optional(),
});
