import * as z from "zod";
import { digestSchema, reasonSchema, runSchema, timeSchema } from "./parts.ts";

/** `urn:slipway:rollback-plan:v1`: what to go back to. The first release of a model can only be withdrawn. */
export const rollbackPlanSchema = z.strictObject({
  plan: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("release"), subject: digestSchema, version: z.string().min(1).max(40) }),
    z.strictObject({ kind: z.literal("withdraw") }),
  ]),
  instructions: reasonSchema.exactOptional(),
  recordedOn: timeSchema,
  run: runSchema.exactOptional(),
});
export type RollbackPlan = z.infer<typeof rollbackPlanSchema>;
