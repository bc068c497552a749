import type { Summary } from "../contract/index.ts";
import { type ErrorFamily, reason, SlipwayError } from "../errors/index.ts";
import { printable, styleFor, wrap } from "../report/index.ts";
import { hostError } from "./errors.ts";

/** A failure as it is shown: plain text only, every secret already hidden. */
export interface Failure {
  readonly code: string;
  readonly family: ErrorFamily;
  readonly message: string;
  readonly remedy: string;
  readonly details: readonly string[];
  /** Set for the family `bug` only. */
  readonly stack: string | undefined;
}

const deepestCause = 5;

const verdict: Readonly<Record<ErrorFamily, string>> = {
  configuration: "failed",
  refused: "refused",
  temporary: "failed for now",
  bug: "failed because of a bug",
};

/**
 * What is shown for anything thrown. An abort that a stop signal caused is that stop, not a bug.
 *
 * @param stop why the run was stopped, when it was
 * @param hide applied to every text
 */
export function failureOf(thrown: unknown, stop: unknown, hide: (text: string) => string): Failure {
  const error = asSlipwayError(stop instanceof SlipwayError && isAbort(thrown) ? stop : thrown);
  const show = (text: string) => hide(printable(text));
  return {
    code: error.code,
    family: error.family,
    message: show(error.message),
    remedy: show(error.remedy),
    details: error.details.map(show),
    stack: error.family === "bug" ? show(stackOf(error.code === "INTERNAL" ? error.cause : error)) : undefined,
  };
}

/**
 * `CODE message`, the details, `→ remedy`, and for a bug the stack.
 *
 * @param width columns to break long sentences at; without it, one line each, as logs are searched
 */
export function failureLines(
  failure: Failure,
  { color, width = Number.POSITIVE_INFINITY }: { readonly color: boolean; readonly width?: number },
): string[] {
  const style = styleFor(color);
  const [first = "", ...rest] = wrap(`${failure.code} ${failure.message}`, width - hanging.length);
  return [
    first.replace(failure.code, style.error),
    ...rest.map((line) => hanging + line),
    ...failure.details.flatMap((detail) =>
      hang(wrap(detail, width - 2 * hanging.length)).map((line) => hanging + line),
    ),
    ...hang(wrap(`→ ${failure.remedy}`, width - hanging.length)),
    ...(failure.stack === undefined ? [] : failure.stack.split("\n").map((line) => style.faint(hanging + line))),
  ];
}

const hanging = "  ";

function hang(lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? line : hanging + line));
}

/** The failure as a summary page: what happened, its code and what to do. */
export function failureSummary(step: string | undefined, failure: Failure): Summary {
  return {
    title: `${step ?? "slipway"} ${verdict[failure.family]}: ${failure.message}`,
    facts: [
      { label: "Code", value: failure.code, code: true },
      { label: "What to do", value: failure.remedy },
    ],
    tables:
      failure.details.length === 0
        ? []
        : [{ title: "Details", columns: [{ name: "What was found" }], rows: failure.details.map((line) => [line]) }],
  };
}

function asSlipwayError(thrown: unknown): SlipwayError {
  if (thrown instanceof SlipwayError) return thrown;
  return hostError("INTERNAL", reason(thrown) || "something without a message was thrown", { cause: thrown });
}

function isAbort(thrown: unknown, depth = 0): boolean {
  if (!(thrown instanceof Error) || thrown instanceof SlipwayError || depth > deepestCause) return false;
  return thrown.name === "AbortError" || isAbort(thrown.cause, depth + 1);
}

function stackOf(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const stack = thrown.stack ?? thrown.message;
  const causes = thrown instanceof AggregateError ? thrown.errors : thrown.cause === undefined ? [] : [thrown.cause];
  if (depth === deepestCause) return stack;
  return [stack, ...causes.map((cause) => `Caused by: ${stackOf(cause, depth + 1)}`)].join("\n");
}
