import type { InputValues } from "../../src/contract/index.ts";
import { parseDocument } from "../../src/documents/index.ts";
import { predicateProblem, predicateType, type Run } from "../../src/evidence/index.ts";
import { parseReference, requireDigest } from "../../src/oci/index.ts";
import { parseTag } from "../../src/release/index.ts";
import type { contract } from "./contract.ts";
import { attestError } from "./errors.ts";

type Given = InputValues<typeof contract.inputs>;
type Members = Readonly<Record<string, unknown>>;

/** What is stated, and under which name in the evidence tag. */
export interface Planned {
  readonly type: string;
  readonly check: string;
  readonly predicate: Members;
}

/**
 * The predicate that the inputs ask for. Pure.
 *
 * @param file the parsed content of the predicate's file, when one was given
 * @param place names the file in messages
 * @throws SlipwayError PREDICATE_INVALID, PREDICATE_INPUT_MISSING, PREDICATE_TYPE_RESERVED, REFERENCE_INVALID,
 *   DIGEST_REQUIRED
 */
export function planPredicate(
  given: Given,
  file: { readonly text: string; readonly place: string } | undefined,
  context: { readonly now: Date; readonly run: Run; readonly directory: string },
): Planned {
  const planned = plan(given, file === undefined ? undefined : membersOf(file.text, file.place), context);
  const problem = predicateProblem(planned.type, planned.predicate);
  if (problem !== undefined) {
    throw attestError("PREDICATE_INVALID", `${file?.place ?? `a statement of type ${given.type}`}: ${problem}`);
  }
  const { until } = planned.predicate;
  if (given.type === "waiver" && Date.parse(String(until)) <= context.now.getTime()) {
    throw attestError("PREDICATE_INVALID", `a waiver until ${until} is over already and would waive nothing`);
  }
  return planned;
}

function plan(
  given: Given,
  file: Members | undefined,
  { now, run, directory }: { readonly now: Date; readonly run: Run; readonly directory: string },
): Planned {
  const time = now.toISOString();
  switch (given.type) {
    case "approval": {
      const own = { to: required(given, "to", file), reason: required(given, "reason", file), approvedOn: time, run };
      return { type: predicateType.approval, check: "approval", predicate: { ...own, ...file } };
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
      return { type: predicateType.waiver, check: "waiver", predicate: { ...own, ...file } };
    }
    case "runbook": {
      const own = {
        uri: required(given, "uri", file),
        onCall: required(given, "on-call", file),
        recordedOn: time,
        run,
      };
      return { type: predicateType.runbook, check: "runbook", predicate: { ...own, ...file } };
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
      return { type: predicateType.rollbackPlan, check: "rollback-plan", predicate: { ...own, ...file } };
    }
    case "shadow":
    case "canary": {
      const result = requireFile(given, file);
      const configuration = Array.isArray(result["configuration"]) ? result["configuration"] : [];
      // The check's name comes first, so that a result cannot be passed off as that of another check.
      const named = [{ name: given.type }, ...configuration.filter((item) => nameOf(item) !== given.type)];
      const predicate = { evaluatedOn: time, run, ...result, configuration: named };
      return { type: predicateType.testResult, check: given.type, predicate };
    }
    case "custom": {
      const type = given["predicate-type"];
      if (type === undefined) throw missing(given.type, "predicate-type");
      if (!/^[a-z][a-z0-9+.-]*:\S{1,500}$/i.test(type)) {
        throw attestError("PREDICATE_INVALID", `"${type.slice(0, 80)}" is not a URI, as predicate types are`);
      }
      const own: readonly string[] = Object.values(predicateType);
      if (own.includes(type)) throw attestError("PREDICATE_TYPE_RESERVED", `${type} is not for a custom statement`);
      return { type, check: "custom", predicate: requireFile(given, file) };
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

/** An input that the type needs unless a file says everything. */
function required(given: Given, name: keyof Given & string, file: Members | undefined): string | undefined {
  const value = said(given, name, file);
  if (value !== undefined || file !== undefined) return value;
  throw missing(given.type, name);
}

/** What an input says. It would be a guess which of two was meant, so the file must not say it, too. */
function said(given: Given, name: keyof Given & string, file: Members | undefined): string | undefined {
  const value = given[name];
  if (typeof value !== "string" || value === "") return undefined;
  const member = name === "on-call" ? "onCall" : name;
  if (file === undefined || !Object.hasOwn(file, member)) return value;
  throw attestError("PREDICATE_INVALID", `"${member}" is in the file, and was given as the input "${name}" as well`);
}

function requireFile(given: Given, file: Members | undefined): Members {
  if (file !== undefined) return file;
  throw missing(given.type, "predicate");
}

function missing(type: string, name: string) {
  return attestError("PREDICATE_INPUT_MISSING", `a statement of type ${type} needs the input "${name}"`);
}

function nameOf(item: unknown): unknown {
  return typeof item === "object" && item !== null ? Reflect.get(item, "name") : undefined;
}

function membersOf(text: string, place: string): Members {
  const value = parseDocument(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw attestError("PREDICATE_UNREADABLE", `${place} does not hold a mapping of names to values in JSON or YAML`);
}
