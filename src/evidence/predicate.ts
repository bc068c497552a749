import type * as z from "zod";
import { publishedSchema } from "../documents/index.ts";
import { predicateType } from "./predicate-type.ts";
import { approvalSchema } from "./predicates/approval.ts";
import { pointerEventSchema } from "./predicates/pointer-event.ts";
import { promotionSchema } from "./predicates/promotion.ts";
import { rollbackPlanSchema } from "./predicates/rollback-plan.ts";
import { runbookSchema } from "./predicates/runbook.ts";
import { testResultSchema } from "./predicates/test-result.ts";
import { verificationSummarySchema } from "./predicates/verification-summary.ts";
import { waiverSchema } from "./predicates/waiver.ts";

const schemas = {
  approval: approvalSchema,
  pointerEvent: pointerEventSchema,
  promotion: promotionSchema,
  rollbackPlan: rollbackPlanSchema,
  runbook: runbookSchema,
  testResult: testResultSchema,
  verificationSummary: verificationSummarySchema,
  waiver: waiverSchema,
} as const;

/** The kinds of predicate whose content Slipway knows. */
export type PredicateKind = keyof typeof schemas;
export type PredicateOf<K extends PredicateKind> = z.infer<(typeof schemas)[K]>;

/** The predicate of a statement as its type says; undefined when the statement is of another type or malformed. */
export function readPredicate<K extends PredicateKind>(
  kind: K,
  statement: { readonly predicateType: string; readonly predicate: unknown },
): PredicateOf<K> | undefined {
  if (statement.predicateType !== predicateType[kind]) return undefined;
  const parsed = schemas[kind].safeParse(statement.predicate);
  // The schema was looked up by the same key as the type; TypeScript cannot follow the pair.
  return parsed.success ? (parsed.data as PredicateOf<K>) : undefined;
}

/** What is wrong with a predicate, one line; undefined when it is as its type demands, or of a type not known here. */
export function predicateProblem(type: string, predicate: unknown): string | undefined {
  const kind = knownKind(type);
  if (kind === undefined) return undefined;
  const issue = schemas[kind].safeParse(predicate).error?.issues[0];
  if (issue === undefined) return undefined;
  return `${issue.path.join(".") || "the predicate"}: ${issue.message.replace(/^.* received undefined$/, "missing")}`;
}

function knownKind(type: string): PredicateKind | undefined {
  return predicateKinds().find((kind) => predicateType[kind] === type);
}

function predicateKinds(): readonly PredicateKind[] {
  return [
    "approval",
    "pointerEvent",
    "promotion",
    "rollbackPlan",
    "runbook",
    "testResult",
    "verificationSummary",
    "waiver",
  ];
}

/** JSON Schemas (2020-12) of Slipway's own predicates, by file name without `.json`. */
export function predicateJsonSchemas(): ReadonlyMap<string, Record<string, unknown>> {
  const own = predicateKinds().filter((kind) => predicateType[kind].startsWith("urn:slipway:"));
  return new Map(
    own.map((kind) => {
      const name = predicateType[kind].split(":")[2] ?? kind;
      return [`predicate-${name}`, publishedSchema(predicateType[kind], `${name} predicate`, schemas[kind])];
    }),
  );
}
