import type * as z from "zod";
import { publishedSchema } from "../documents/index.ts";
import { predicateType } from "./predicate-type.ts";
import { approvalSchema } from "./predicates/approval.ts";
import { formsSchema } from "./predicates/forms.ts";
import { pointerEventSchema } from "./predicates/pointer-event.ts";
import { promotionSchema } from "./predicates/promotion.ts";
import { provenanceSchema } from "./predicates/provenance.ts";
import { rollbackPlanSchema } from "./predicates/rollback-plan.ts";
import { runbookSchema } from "./predicates/runbook.ts";
import { sbomSchema } from "./predicates/sbom.ts";
import { testResultSchema } from "./predicates/test-result.ts";
import { verificationSummarySchema } from "./predicates/verification-summary.ts";
import { vulnerabilityScanSchema } from "./predicates/vulnerability-scan.ts";
import { waiverSchema } from "./predicates/waiver.ts";

/** Consumers of in-toto's, SLSA's and CycloneDX's predicates ignore members that they do not know; ours are strict. */
const schemas = {
  approval: approvalSchema,
  forms: formsSchema,
  pointerEvent: pointerEventSchema,
  promotion: promotionSchema,
  provenance: provenanceSchema,
  rollbackPlan: rollbackPlanSchema,
  runbook: runbookSchema,
  sbom: sbomSchema,
  testResult: testResultSchema,
  verificationSummary: verificationSummarySchema,
  vulnerabilityScan: vulnerabilityScanSchema,
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
  const kind = predicateKinds().find((one) => predicateType[one] === type);
  if (kind === undefined) return undefined;
  const issue = schemas[kind].safeParse(predicate).error?.issues[0];
  if (issue === undefined) return undefined;
  return `${issue.path.join(".") || "the predicate"}: ${issue.message.replace(/^.* received undefined$/, "missing")}`;
}

/** A kind of predicate, and the JSON Schema (2020-12) that is published of it. */
export interface PublishedPredicate {
  readonly kind: PredicateKind;
  readonly type: string;
  /** File name without `.json`. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/**
 * Every kind, in the order of their names. Our schemas are identified by the predicate type itself; of a standard's
 * predicate ours is only a part, and has an identity of its own.
 */
export function publishedPredicates(): readonly PublishedPredicate[] {
  return predicateKinds().map((kind) => {
    const type = predicateType[kind];
    const title = kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const name = `predicate-${title}`;
    const schema: z.ZodType = schemas[kind];
    const published = type.startsWith("urn:slipway:")
      ? publishedSchema(type, `${title} predicate`, schema)
      : publishedSchema(`urn:slipway:schema:${name}:v1`, `${title} predicate`, schema.describe(partOf(type)));
    return { kind, type, name, schema: published };
  });
}

function partOf(type: string): string {
  return `The part of ${type} that Slipway writes and relies on; the specification has more, and more is allowed.`;
}

function predicateKinds(): readonly PredicateKind[] {
  return Object.keys(schemas).filter(isKind);
}

function isKind(name: string): name is PredicateKind {
  return Object.hasOwn(schemas, name);
}
