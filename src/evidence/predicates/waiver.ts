import * as z from "zod";
import { reasonSchema, runSchema, stateSchema, timeSchema } from "./parts.ts";

/** `urn:slipway:waiver:v1`: a gate is not asked for, for this subject, until a date, for a reason. */
export const waiverSchema = z.strictObject({
  gate: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  to: stateSchema,
  reason: reasonSchema,
  waivedOn: timeSchema,
  until: timeSchema,
  run: runSchema.exactOptional(),
});
