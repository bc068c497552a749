import * as z from "zod";
import { digestSetSchema, reasonSchema, runSchema, timeSchema } from "./parts.ts";

/** `urn:slipway:runbook:v1`: where the people on call find what to do. */
export const runbookSchema = z.strictObject({
  uri: z.string().min(1).max(2000),
  digest: digestSetSchema.exactOptional(),
  /** Whom to call. */
  onCall: reasonSchema,
  recordedOn: timeSchema,
  run: runSchema.exactOptional(),
});
