import * as z from "zod";
import { timeSchema } from "./parts.ts";
import { resourceDescriptorSchema } from "./resource-descriptor.ts";

const parametersSchema = z.record(z.string(), z.unknown());

/** SLSA provenance v1 (slsa.dev/spec/v1.1/provenance): who made the subject, how, and from what. */
export const provenanceSchema = z.looseObject({
  buildDefinition: z.looseObject({
    /** A URI: what the parameters mean. */
    buildType: z.string().min(1),
    /** What somebody outside of the builder chose. */
    externalParameters: parametersSchema,
    internalParameters: parametersSchema.optional(),
    resolvedDependencies: z.array(resourceDescriptorSchema).optional(),
  }),
  runDetails: z.looseObject({
    builder: z.looseObject({ id: z.string().min(1) }),
    metadata: z
      .looseObject({
        invocationId: z.string().optional(),
        startedOn: timeSchema.optional(),
        finishedOn: timeSchema.optional(),
      })
      .optional(),
    byproducts: z.array(resourceDescriptorSchema).optional(),
  }),
});
export type Provenance = z.infer<typeof provenanceSchema>;
