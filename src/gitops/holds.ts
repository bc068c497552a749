import * as z from "zod";
import { type Digest, isDigest } from "../oci/index.ts";
import { gitopsError } from "./errors.ts";
import type { Snapshot } from "./git/index.ts";
import { places } from "./places.ts";

const holdSchema = z.strictObject({
  schema: z.literal("urn:slipway:hold:v1"),
  environment: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  variant: z.string().min(1).max(32),
  subject: z.custom<Digest>((value) => typeof value === "string" && isDigest(value)),
  version: z.string().max(40),
  reason: z.string().max(1000),
  since: z.iso.datetime(),
  /** `role/key` of whoever set it. */
  by: z.string().max(200),
  /** Statement of the event that set it. */
  event: z.custom<Digest>((value) => typeof value === "string" && isDigest(value)),
});

/** A release that may not be deployed in an environment until somebody removes the file. */
export type Hold = z.infer<typeof holdSchema>;

const maxHoldBytes = 16 * 1024;
const maxHoldsBytes = 16 * 1024 * 1024;

/**
 * The holds on a model in an environment. Fails closed: what cannot be read might forbid anything.
 * @throws SlipwayError HOLD_UNREADABLE, GIT_FILE_UNUSABLE when one is a link or they are more than can be read
 */
export async function holdsAt(
  snapshot: Snapshot,
  environment: string,
  name: string,
  variant: string,
): Promise<readonly Hold[]> {
  const files = await snapshot.readAll(places.holdsOf(environment, name, variant), maxHoldsBytes);
  return [...files].map(([path, bytes]) => {
    const hold = parseHold(bytes);
    if (hold === undefined) throw gitopsError("HOLD_UNREADABLE", `${path} is not a hold that can be read`);
    const own = hold.environment === environment && hold.name === name && hold.variant === variant;
    if (own && path === places.hold(environment, name, variant, hold.subject)) return hold;
    throw gitopsError("HOLD_UNREADABLE", `${path} holds something else than its place says`);
  });
}

export function encodeHold(hold: Hold): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(holdSchema.parse(hold), undefined, 2)}\n`);
}

function parseHold(bytes: Uint8Array): Hold | undefined {
  if (bytes.length > maxHoldBytes) return undefined;
  try {
    const parsed = holdSchema.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
