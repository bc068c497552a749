import * as z from "zod";
import { reasonSchema, runSchema, stateSchema, timeSchema } from "./parts.ts";

const environmentName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}]*$/u);

/** One review of a deployment, as GitHub's API tells it. */
const reviewSchema = z.strictObject({
  user: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u),
  comment: reasonSchema.exactOptional(),
  environments: z.array(environmentName).min(1).max(100),
  state: z.enum(["approved", "rejected"]),
});
export type Review = z.infer<typeof reviewSchema>;

const membersSchema = z.strictObject({
  to: stateSchema,
  reason: reasonSchema,
  approvedOn: timeSchema,
  environment: environmentName
    .describe("GitHub Environment in which the run was approved. The signer claims it; it is no proof.")
    .exactOptional(),
  approvals: z
    .array(reviewSchema)
    .min(1)
    .max(100)
    .describe(
      "What GitHub told the signer of who approved the run. The signer claims it; it is no proof, and no gate counts it.",
    )
    .exactOptional(),
  run: runSchema.exactOptional(),
});

/** `urn:slipway:approval:v1`: the signer agrees that the subject may reach a state. Who it is, is the key's to say. */
export const approvalSchema = membersSchema.check((context) => {
  const { approvals, environment } = context.value;
  if (approvals === undefined || isGranted(approvals, environment)) return;
  const where = environment === undefined ? "" : ` for "${environment}"`;
  context.issues.push({
    code: "custom",
    input: approvals,
    path: ["approvals"],
    message: `none of them approves${where}`,
  });
});

/** True when one of the reviews approves the environment; any environment when none is named. */
function isGranted(reviews: readonly Review[], environment: string | undefined): boolean {
  return reviews.some(
    ({ state, environments }) =>
      state === "approved" && (environment === undefined || environments.includes(environment)),
  );
}
