import type { Review } from "../../src/evidence/index.ts";
import type { RunReview } from "../../src/github/index.ts";
import { attestError } from "./errors.ts";
import { missing } from "./given.ts";

const longestComment = 500;

/** What an approval states of the reviews of its run. */
export interface StatedReviews {
  readonly environment: string;
  readonly approvals: readonly Review[];
}

/**
 * The reviews that are about one environment, as an approval states them. Pure.
 *
 * @param wanted needed when the run was approved for several
 * @throws SlipwayError APPROVAL_NOT_GRANTED, PREDICATE_INPUT_MISSING
 */
export function stateReviews(reviews: readonly RunReview[], wanted: string | undefined): StatedReviews {
  const granted = reviews.filter(({ state }) => state === "approved").flatMap(({ environments }) => environments);
  const [environment, ...others] = wanted === undefined ? new Set(granted) : granted.filter((name) => name === wanted);
  if (environment === undefined) throw notGranted(reviews, wanted);
  if (wanted === undefined && others.length > 0) throw missing("approval", "environment");
  const about = reviews.filter(({ environments }) => environments.includes(environment));
  return { environment, approvals: about.map(stated) };
}

function stated({ user, comment, environments, state }: RunReview): Review {
  const line = oneLine(comment);
  return { user, ...(line === "" ? {} : { comment: line }), environments: [...environments], state };
}

/** A comment has lines and any length; a statement has one line of it. */
function oneLine(text: string): string {
  const characters = [
    ...text
      .toWellFormed()
      .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
      .trim(),
  ];
  return characters.length > longestComment
    ? `${characters.slice(0, longestComment - 1).join("")}…`
    : characters.join("");
}

function notGranted(reviews: readonly RunReview[], wanted: string | undefined) {
  const about = reviews.filter(({ environments }) => wanted === undefined || environments.includes(wanted));
  const where = wanted === undefined ? "" : ` for "${wanted}"`;
  const users = about.map(({ user }) => user).join(", ");
  return attestError(
    "APPROVAL_NOT_GRANTED",
    about.length === 0
      ? `GitHub knows of no review of this run${where}`
      : `GitHub knows of no approval of this run${where}; it was rejected by ${users}`,
  );
}
