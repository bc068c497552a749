import { type ErrorFamily, SlipwayError } from "./slipway-error.ts";

/** What is fixed about a code; `docs/reference/errors.md` is generated from it. */
export interface ErrorDefinition {
  readonly family: ErrorFamily;
  /** When this happens, one sentence for the reference page. */
  readonly meaning: string;
  /** The remedy shown when the place that throws knows nothing more specific. */
  readonly remedy: string;
}

export interface ErrorContext {
  /** Replaces the default remedy with one that names the user's own file, tag or digest. */
  readonly remedy?: string;
  readonly details?: readonly string[];
  readonly cause?: unknown;
}

/** Makes the errors of one area; its `definitions` are what the reference page lists. */
export interface ErrorArea<Code extends string> {
  (code: Code, message: string, context?: ErrorContext): SlipwayError;
  readonly area: string;
  readonly definitions: Readonly<Record<Code, ErrorDefinition>>;
}

/**
 * Defines the error codes of one area of the library.
 *
 * @param area heading of the area in `docs/reference/errors.md`
 * @param definitions a definition for each stable code, in the order of the page
 * @returns a function that makes, and does not throw, an error of one of these codes
 */
export function defineErrors<Code extends string>(
  area: string,
  definitions: Readonly<Record<Code, ErrorDefinition>>,
): ErrorArea<Code> {
  const make = (code: Code, message: string, context: ErrorContext = {}): SlipwayError => {
    const { family, remedy } = definitions[code];
    return new SlipwayError(message, { code, family, remedy, ...context });
  };
  return Object.assign(make, { area, definitions });
}
