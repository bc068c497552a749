import * as z from "zod";

// Error texts of these types continue the sentence "<key> must be …"; those of `sentence` stand after the key alone.

interface TextForm {
  readonly pattern: RegExp;
  readonly maxLength: number;
}

const longestLine = 500;

/** Text of a given form. @param expected continues the sentence "… must be" */
export function textLike(expected: string, { pattern, maxLength }: TextForm) {
  return z
    .string({ error: expected })
    .max(maxLength, { error: `${expected}, at most ${maxLength} characters` })
    .regex(pattern, { error: expected });
}

/** One line of text without blanks around it; it ends up in annotations and labels. */
export function line(expected: string, maxLength = longestLine) {
  return z
    .string({ error: expected })
    .min(1, { error: expected })
    .max(maxLength, { error: `${expected}, at most ${maxLength} characters` })
    .check(sentence(lineProblem))
    .meta({ pattern: "^\\S(?:.*\\S)?$" });
}

/** A line that may be a URL. It is published, so it must hold no credentials. */
export function place(expected: string) {
  return line(expected).check(
    sentence((text) =>
      holdsCredentials(text) ? "holds credentials, and it is published with the release" : undefined,
    ),
  );
}

/** A list without repetitions. @param expected continues the sentence "… must be" */
export function uniqueList(item: z.ZodString, expected: string, minItems: 0 | 1) {
  return z
    .array(item, { error: expected })
    .min(minItems, { error: expected })
    .max(64, { error: `${expected}, at most 64` })
    .superRefine(repetitions, { when: ({ value }) => Array.isArray(value) })
    .meta({ uniqueItems: true });
}

/** A positive number of a unit. */
export function quantity(expected: string, options: { readonly orZero: boolean }) {
  const number = z.number({ error: expected });
  return options.orZero ? number.nonnegative({ error: expected }) : number.positive({ error: expected });
}

/** Dimensions of a tensor. */
export function shape(expected: string) {
  const dimension = "a positive whole number, or -1 for a dimension that is known only at run time";
  return z
    .array(
      z
        .int({ error: dimension })
        .min(-1, { error: dimension })
        .refine((size) => size !== 0, { error: dimension, params: { expectation: true } })
        .meta({ not: { const: 0 } }),
      { error: expected },
    )
    .min(1, { error: expected })
    .max(32, { error: `${expected}, at most 32` });
}

/** A check whose error text is a sentence about the key, and says all. */
export function sentence(problem: (text: string) => string | undefined) {
  return z.superRefine<string>((text, context) => {
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

function repetitions(list: readonly unknown[], context: z.RefinementCtx): void {
  const seen = new Set<unknown>();
  for (const [index, item] of list.entries()) {
    if (seen.has(item)) context.addIssue({ code: "custom", path: [index], message: `repeats ${JSON.stringify(item)}` });
    seen.add(item);
  }
}

function lineProblem(text: string): string | undefined {
  if (/[\n\r\u0085\u2028\u2029]/.test(text)) return "has more than one line";
  if (/\p{Cc}/u.test(text)) return "holds a control character";
  return text.trim() === text ? undefined : "starts or ends with a blank";
}

function holdsCredentials(text: string): boolean {
  return /^https?:\/\/[^/?#]*@/i.test(text) || /:\/\/[^/?#@:]*:[^/?#@]*@/.test(text);
}
