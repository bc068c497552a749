import * as z from "zod";
import { type GateKind, gateKinds } from "./gate-kinds.ts";
import { nearest } from "./nearest.ts";
import { duration, nameOf, roleList } from "./policy-fields.ts";

const empty = z.strictObject({}, { error: "nothing, or a mapping" });
const mapping = { error: "a mapping of options" };
const signers = roleList.describe("Roles whose evidence is accepted.").exactOptional();
const maxAge = duration.describe("How old the result may be at the promotion.").exactOptional();
const against = z
  .enum(["champion", "thresholds"], { error: '"champion" or "thresholds"' })
  .describe("What the result must have been compared with.")
  .exactOptional();
const ownName = nameOf("the name of the gate").describe("Name of the gate in reports and waivers.").exactOptional();
const bySigners = z.strictObject({ signers }, mapping).exactOptional();

const optionsSchema = z.strictObject(
  {
    owner: empty.exactOptional(),
    lineage: empty.exactOptional(),
    "model-card": empty.exactOptional(),
    signature: bySigners,
    scan: z.strictObject({ signers, maxAge }, mapping).exactOptional(),
    evaluation: z.strictObject({ signers, maxAge, against }, mapping).exactOptional(),
    shadow: z.strictObject({ signers, maxAge, against }, mapping).exactOptional(),
    "rollback-plan": bySigners,
    runbook: bySigners,
    approval: z.strictObject({ signers, name: ownName }, mapping).exactOptional(),
    replacement: empty.exactOptional(),
    sunset: empty.exactOptional(),
    "migration-path": empty.exactOptional(),
    "sunset-over": empty.exactOptional(),
    "no-consumers": empty.exactOptional(),
    reason: empty.exactOptional(),
    advisory: empty.exactOptional(),
    statement: z
      .strictObject(
        {
          predicate: nameOf("the name of a predicate").describe("Name below `predicates`."),
          signers: roleList.describe("Roles whose evidence is accepted."),
          name: ownName,
        },
        { error: "a mapping with predicate and signers" },
      )
      .exactOptional(),
  } satisfies Record<GateKind, z.ZodType>,
  { error: "the name of a gate, or a mapping of one to its options" },
);

/** All that a gate of any kind may be given. */
interface GateOptions {
  readonly signers?: readonly string[];
  readonly maxAge?: string;
  readonly against?: "champion" | "thresholds";
  readonly name?: string;
  readonly predicate?: string;
}

/** A gate as the policy writes it: `owner`, or `evaluation: {maxAge: 720h}`. */
export interface WrittenGate {
  readonly kind: GateKind;
  readonly options: GateOptions;
}

// A union would report that neither form fits, and not which key is unknown; so a bare name is made a mapping first.
export const gateSchema = z
  .unknown()
  .transform((value, context) => {
    if (typeof value !== "string") return value;
    const kind = gateKinds.find((known) => known === value);
    if (kind !== undefined && kind !== "statement") return { [kind]: {} };
    context.addIssue({ code: "custom", message: bareProblem(value) });
    return z.NEVER;
  })
  .pipe(optionsSchema)
  .transform((written, context): WrittenGate => {
    const [kind, ...more] = gateKinds.filter((known) => Object.hasOwn(written, known));
    if (kind !== undefined && more.length === 0) return { kind, options: written[kind] ?? {} };
    // An unknown key was reported already.
    if (kind === undefined && context.issues.length > 0) return z.NEVER;
    const found = kind === undefined ? "no gate" : `${more.length + 1} gates`;
    context.addIssue({ code: "custom", message: `names ${found}; write one gate in each item` });
    return z.NEVER;
  })
  .meta({
    // Made when somebody asks for the published schema.
    get anyOf() {
      const { $schema, ...options } = z.toJSONSchema(optionsSchema);
      return [
        { type: "string", enum: gateKinds.filter((kind) => kind !== "statement") },
        { ...options, minProperties: 1, maxProperties: 1 },
      ];
    },
  });

function bareProblem(text: string): string {
  if (text === "statement") return "needs to know which: statement: {predicate: <name>, signers: [<role>]}";
  const shown = text.length > 64 ? `${text.slice(0, 63)}…` : text;
  const suggestion = nearest(text, gateKinds);
  return `is "${shown}", which is no gate; ${suggestion === undefined ? `gates are ${gateKinds.join(", ")}` : `did you mean "${suggestion}"?`}`;
}
