import * as z from "zod";
import { reasonSchema, runSchema, stateSchema, timeSchema } from "./parts.ts";

/** `urn:slipway:approval:v1`: the signer agrees that the subject may reach a state. Who it is, is the key's to say. */
export const approvalSchema = z.strictObject({
  to: stateSchema,
  reason: reasonSchema,
  approvedOn: timeSchema,
  run: runSchema.exactOptional(),
});
