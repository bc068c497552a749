import { predicateType, type Run } from "../../src/evidence/index.ts";
import type { RunReview } from "../../src/github/index.ts";
import { parseReference, requireDigest } from "../../src/oci/index.ts";
import { parseTag } from "../../src/release/index.ts";
import { attestError } from "./errors.ts";
import { type Given, type Members, missing, refuseTwice, required, requireFile, said } from "./given.ts";
import { type Planned, requireFit } from "./planned.ts";
import { membersOf } from "./predicate-file.ts";
import { stateReviews } from "./state-reviews.ts";

/** What surrounds the inputs. */
interface Context {
  readonly now: Date;
  readonly run: Run;
  readonly directory: string;
  /** What GitHub says of the run; undefined when it was not asked. */
  readonly reviews?: readonly RunReview[] | undefined;
}

/**
 * The predicate that the inputs and the file ask for. Pure.
 *
 * @param file the predicate's file, when one was given; `place` names it in messages
 * @throws SlipwayError PREDICATE_UNREADABLE, PREDICATE_INVALID, PREDICATE_INPUT_MISSING, PREDICATE_TYPE_RESERVED,
 *   APPROVAL_NOT_GRANTED, REFERENCE_INVALID, DIGEST_REQUIRED
 */
export function planPredicate(
  given: Given,
  file: { readonly text: string; readonly place: string } | undefined,
  context: Context,
): Planned {
  const byMachine = ["provenance", "scan", "sbom"].includes(given.type);
  const members = file === undefined ? undefined : membersOf(file.text, file.place, byMachine);
  const planned = requireFit(plan(given, members, context), file?.place ?? `a statement of type ${given.type}`);
  const { until } = planned.predicate;
  if (given.type === "waiver" && Date.parse(String(until)) <= context.now.getTime()) {
    throw attestError("PREDICATE_INVALID", `a waiver until ${until} is over already and would waive nothing`);
  }
  return planned;
}

function plan(given: Given, file: Members | undefined, { now, run, directory, reviews }: Context): Planned {
  const time = now.toISOString();
  const made = { exact: false };
  switch (given.type) {
    case "approval": {
      const environment = said(given, "environment", file);
      if (reviews !== undefined) refuseTwice(file, "approvals", "github-token");
      const own = {
        to: required(given, "to", file),
        reason: required(given, "reason", file),
        approvedOn: time,
        ...(environment === undefined ? {} : { environment }),
        ...(reviews === undefined ? {} : stateReviews(reviews, environment)),
        run,
      };
      return { type: predicateType.approval, check: "approval", ...made, predicate: { ...own, ...file } };
    }
    case "waiver": {
      const until = required(given, "until", file);
      const own = {
        gate: required(given, "gate", file),
        to: required(given, "to", file),
        reason: required(given, "reason", file),
        waivedOn: time,
        ...(until === undefined ? {} : { until: endOf(until) }),
        run,
      };
      return { type: predicateType.waiver, check: "waiver", ...made, predicate: { ...own, ...file } };
    }
    case "runbook": {
      const own = {
        uri: required(given, "uri", file),
        onCall: required(given, "on-call", file),
        recordedOn: time,
        run,
      };
      return { type: predicateType.runbook, check: "runbook", ...made, predicate: { ...own, ...file } };
    }
    case "rollback-plan": {
      const text = required(given, "plan", file);
      const instructions = said(given, "instructions", file);
      const own = {
        ...(text === undefined ? {} : { plan: rollbackTo(text, directory) }),
        ...(instructions === undefined ? {} : { instructions }),
        recordedOn: time,
        run,
      };
      return { type: predicateType.rollbackPlan, check: "rollback-plan", ...made, predicate: { ...own, ...file } };
    }
    case "shadow":
    case "canary": {
      const result = requireFile(given, file);
      const configuration = Array.isArray(result["configuration"]) ? result["configuration"] : [];
      // The check's name comes first, so that a result cannot be passed off as that of another check.
      const named = [{ name: given.type }, ...configuration.filter((item) => nameOf(item) !== given.type)];
      const predicate = { evaluatedOn: time, run, ...result, configuration: named };
      return { type: predicateType.testResult, check: given.type, ...made, predicate };
    }
    case "provenance":
      return { type: predicateType.provenance, check: given.type, exact: true, predicate: requireFile(given, file) };
    case "scan":
      return {
        type: predicateType.vulnerabilityScan,
        check: given.type,
        exact: true,
        predicate: requireFile(given, file),
      };
    case "sbom":
      return { type: predicateType.sbom, check: given.type, exact: true, predicate: requireFile(given, file) };
    case "custom": {
      const type = given["predicate-type"];
      if (type === undefined) throw missing(given.type, "predicate-type");
      if (!/^[a-z][a-z0-9+.-]*:\S{1,500}$/i.test(type)) {
        throw attestError("PREDICATE_INVALID", `"${type.slice(0, 80)}" is not a URI, as predicate types are`);
      }
      const own: readonly string[] = Object.values(predicateType);
      if (own.includes(type)) throw attestError("PREDICATE_TYPE_RESERVED", `${type} is not for a custom statement`);
      return { type, check: "custom", exact: true, predicate: requireFile(given, file) };
    }
  }
}

/** A day ends when it is over, in UTC. */
function endOf(text: string): string {
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59Z` : text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(date.getTime())) {
    throw attestError("PREDICATE_INVALID", `until is "${text.slice(0, 80)}"; expected a day such as 2027-03-31`);
  }
  return date.toISOString().replace(".000Z", "Z");
}

function rollbackTo(text: string, directory: string) {
  if (text === "withdraw") return { kind: "withdraw" };
  const reference = parseReference(text, directory);
  const subject = requireDigest(reference);
  const tag = parseTag(reference.tag ?? "");
  if (tag.kind === "variant") return { kind: "release", subject, version: tag.version };
  const shown = reference.tag === undefined ? "no tag" : `the tag "${reference.tag}"`;
  throw attestError("PREDICATE_INVALID", `the plan has ${shown}; <version>-<variant> is what says the version`);
}

function nameOf(item: unknown): unknown {
  return typeof item === "object" && item !== null ? Reflect.get(item, "name") : undefined;
}
