import * as z from "zod";
import { digestSchema, reasonSchema, releaseSchema, runSchema, timeSchema } from "./parts.ts";

/** What a pointer names (DESIGN 5.6): pinned by version and digest and URI. */
const pinSchema = z.strictObject({
  version: z.string().min(1).max(40),
  /** Digest of the form C manifest. */
  subject: digestSchema,
  /** Digest of the form that is deployed. */
  digest: digestSchema,
  uri: z.string().min(1).max(2000),
});
export type Pin = z.infer<typeof pinSchema>;

/** `urn:slipway:pointer-event:v1`: a pointer was moved in Git; its subject is the release that it names now. */
export const pointerEventSchema = z.strictObject({
  action: z.enum(["update", "rollback"]),
  environment: z.string().min(1).max(64),
  name: releaseSchema.shape.name,
  variant: releaseSchema.shape.variant,
  /** What it named before; null when it named nothing. */
  from: pinSchema.nullable(),
  to: pinSchema,
  /** The head of the promotion chain that permitted it: digest of the link's statement. */
  link: digestSchema,
  /** Subject that may not be deployed here again, by a rollback. */
  holds: digestSchema.exactOptional(),
  reason: reasonSchema,
  role: z.string().min(1).max(64),
  movedOn: timeSchema,
  run: runSchema,
});
export type PointerEvent = z.infer<typeof pointerEventSchema>;
