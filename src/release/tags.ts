import { createHash } from "node:crypto";
import { releaseError } from "./errors.ts";
import { isCheckName, isVariantName } from "./names.ts";
import { isVersion } from "./version.ts";

/** Longest tag of the distribution specification 1.1. */
const maxTagLength = 128;
const maxAttempt = 999_999;
const runHashLength = 16;

/** Other encodings of a variant that have a tag of their own (DESIGN 5.3). */
const forms = ["image", "archive"] as const;
/** Lifecycle states that a hint tag may name (DESIGN 5.5). */
const states = ["experimental", "staging", "production", "retired", "archived", "revoked"] as const;

/** Which CI run wrote which evidence about which variant. */
export interface EvidenceRun {
  readonly version: string;
  readonly variant: string;
  /** `evaluation`, `smoke-test`: lower-case letters, digits and single hyphens, at most 24 characters. */
  readonly check: string;
  /** The host's name of the run, any text. */
  readonly run: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export type ParsedTag =
  | { readonly kind: "release"; readonly version: string }
  | { readonly kind: "variant"; readonly version: string; readonly variant: string }
  | { readonly kind: "form"; readonly version: string; readonly variant: string; readonly form: (typeof forms)[number] }
  | ({ readonly kind: "evidence" } & EvidenceRun)
  | {
      readonly kind: "state";
      readonly version: string;
      readonly variant: string;
      readonly state: (typeof states)[number];
    }
  | { readonly kind: "other" };

/** Tag of form C: `<version>-<variant>`. @throws SlipwayError TAG_INVALID */
export function variantTag(version: string, variant: string): string {
  if (!isVersion(version))
    throw releaseError("TAG_INVALID", `"${version}" is not a version that a tag can be made from`);
  if (!isVariantName(variant)) throw releaseError("TAG_INVALID", `"${variant}" is not the name of a variant`);
  return `${version}-${variant}`;
}

/** Tag that hints at a variant's lifecycle state: `<version>-<variant>_<state>`. @throws SlipwayError TAG_INVALID */
export function stateTag(version: string, variant: string, state: (typeof states)[number]): string {
  return `${variantTag(version, variant)}_${state}`;
}

/**
 * Tag of the evidence that one attempt of one CI run wrote: `<version>-<variant>_<check>.<run>.<attempt>`
 * (DESIGN 5.3). A run whose name does not fit, by its characters or its length, is shortened to as much as fits and
 * 16 digits of its SHA-256 after `--`; no run that fits holds `--`, so different runs have different tags.
 *
 * @throws SlipwayError TAG_INVALID for anything but the run
 */
export function evidenceTag({ version, variant, check, run, attempt }: EvidenceRun): string {
  if (!isCheckName(check)) throw releaseError("TAG_INVALID", `"${check}" is not the name of a check`);
  if (!Number.isInteger(attempt) || attempt < 1 || attempt > maxAttempt) {
    throw releaseError("TAG_INVALID", `attempt ${attempt} is not a whole number from 1 to ${maxAttempt}`);
  }
  const before = `${variantTag(version, variant)}_${check}.`;
  const after = `.${attempt}`;
  return `${before}${runInTag(run, maxTagLength - before.length - after.length)}${after}`;
}

/**
 * What a tag says, by its form alone (DESIGN 5.3). A pre-release whose last hyphen is followed by something like a
 * variant's name (`2.4.1-rc1`) reads as a variant; `findTagCollisions` keeps such versions out of model.yaml.
 * The run of a shortened evidence tag is the shortened one. Aliases and foreign tags are `other`.
 */
export function parseTag(tag: string): ParsedTag {
  const underscore = tag.indexOf("_");
  const subject = parseSubject(underscore < 0 ? tag : tag.slice(0, underscore));
  if (underscore < 0) return subject;
  if (subject.kind !== "variant") return { kind: "other" };
  const { version, variant } = subject;
  const suffix = tag.slice(underscore + 1);
  const form = forms.find((name) => name === suffix);
  if (form !== undefined) return { kind: "form", version, variant, form };
  const state = states.find((name) => name === suffix);
  if (state !== undefined) return { kind: "state", version, variant, state };
  const [, check, run, attempt] = /^([^.]+)\.([A-Za-z0-9-]+)\.([1-9]\d{0,5})$/.exec(suffix) ?? [];
  if (check === undefined || run === undefined || !isCheckName(check) || tag.length > maxTagLength)
    return { kind: "other" };
  return { kind: "evidence", version, variant, check, run, attempt: Number(attempt) };
}

function parseSubject(text: string): ParsedTag {
  const hyphen = text.lastIndexOf("-");
  const version = text.slice(0, hyphen);
  const variant = text.slice(hyphen + 1);
  if (hyphen > 0 && isVersion(version) && isVariantName(variant)) return { kind: "variant", version, variant };
  return isVersion(text) ? { kind: "release", version: text } : { kind: "other" };
}

function runInTag(run: string, room: number): string {
  if (run.length <= room && /^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/.test(run)) return run;
  const hash = createHash("sha256").update(run).digest("hex").slice(0, runHashLength);
  const readable = run.replace(/[^A-Za-z0-9]+/g, "-").slice(0, room - hash.length - "--".length);
  return `${readable.replace(/^-+|-+$/g, "")}--${hash}`;
}
