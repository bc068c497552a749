import type { Host } from "../../src/contract/index.ts";
import { fetchReviews, type RunReview } from "../../src/github/index.ts";
import { attestError } from "./errors.ts";
import type { Given } from "./given.ts";

/**
 * Asks GitHub who has approved the run, when an approval is to state it; undefined when it is not.
 *
 * @throws SlipwayError APPROVALS_UNKNOWN, SECRET_UNREADABLE, GITHUB_*
 */
export async function askReviews(
  { type, "github-token": token }: Pick<Given, "type" | "github-token">,
  host: Pick<Host, "name" | "run" | "mask" | "signal">,
): Promise<readonly RunReview[] | undefined> {
  if (type !== "approval" || token === undefined) return undefined;
  const { id, workflow } = host.run;
  if (host.name !== "github" || workflow?.api === undefined || workflow.repository === undefined) {
    throw attestError("APPROVALS_UNKNOWN", "this run does not say where GitHub could be asked who approved it");
  }
  const secret = (await token.read()).toString("utf8").trim();
  host.mask(secret);
  const repository = new URL(workflow.repository).pathname.slice(1);
  return fetchReviews({ api: workflow.api, repository, id }, secret, { signal: host.signal });
}
