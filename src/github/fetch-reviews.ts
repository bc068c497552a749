import * as z from "zod";
import { SlipwayError, systemCode } from "../errors/index.ts";
import { githubError } from "./errors.ts";
import type { Answer } from "./exchange.ts";

/** Which run of which repository, and where to ask. */
export interface GithubRun {
  /** Base URL, as GITHUB_API_URL has it: `https://api.github.com`. */
  readonly api: string;
  /** `<owner>/<name>`. */
  readonly repository: string;
  /** Number of the run. */
  readonly id: string;
}

/** Somebody's decision on the deployments of a run to environments that are protected. */
export interface RunReview {
  /** Login. */
  readonly user: string;
  /** As it was written; empty for none. */
  readonly comment: string;
  readonly environments: readonly string[];
  readonly state: "approved" | "rejected";
}

const mostBytes = 1024 * 1024;
const patienceMs = 30_000;

const answerSchema = z.array(
  z.object({
    state: z.string(),
    comment: z.string().nullish(),
    environments: z.array(z.object({ name: z.string().min(1) })),
    user: z.object({ login: z.string().min(1) }),
  }),
);

/**
 * Who has approved or rejected a run's deployments: `GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals`, API
 * version 2022-11-28. GitHub tells all of a run's attempts at once. Reviews in another state decide nothing and are left
 * out.
 *
 * @param token needs `actions: read`; it is never shown
 * @param patience how long all of it may take, in milliseconds
 * @throws SlipwayError GITHUB_ADDRESS_UNUSABLE, GITHUB_REFUSED, GITHUB_UNAVAILABLE, GITHUB_CONFUSED; the signal's reason
 */
export async function fetchReviews(
  run: GithubRun,
  token: string,
  { signal, patience = patienceMs }: { readonly signal: AbortSignal; readonly patience?: number },
): Promise<readonly RunReview[]> {
  const url = addressOf(run);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw githubError("GITHUB_ADDRESS_UNUSABLE", "the token for GitHub is empty, or has more than one line or word");
  }
  const headers = {
    accept: "application/vnd.github+json",
    authorization: `Bearer ${token}`,
    "user-agent": "slipway",
    "x-github-api-version": "2022-11-28",
  };
  const answer = await ask(url, headers, signal, patience);
  const body = understood(answer, url);
  return reviewsIn(body, url);
}

function addressOf({ api, repository, id }: GithubRun): URL {
  const named = /^[\w.-]+\/[\w.-]+$/.test(repository) && !repository.split("/").some((part) => /^\.+$/.test(part));
  if (!named || !/^\d{1,20}$/.test(id)) {
    throw githubError("GITHUB_ADDRESS_UNUSABLE", `run "${id}" of "${repository}" is not a run of a GitHub repository`);
  }
  const address = `${api}/repos/${repository}/actions/runs/${id}/approvals`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "" || url.search !== "" || !isSafe(url)) {
    throw githubError("GITHUB_ADDRESS_UNUSABLE", "the address of GitHub's API is not an https URL");
  }
  return url;
}

/** Over plain HTTP the token may go nowhere but to this machine. */
function isSafe(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal(url));
}

function isLocal({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  patience: number,
): Promise<Answer> {
  const late = AbortSignal.timeout(patience);
  try {
    signal.throwIfAborted();
    // Few runs ask; for the others undici would be loaded in vain.
    const { get } = await import("./exchange.ts");
    return await get(url, headers, { local: isLocal(url), limit: mostBytes, signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SlipwayError) throw error;
    const why = late.aborted ? "no whole answer came in time" : (systemCode(error) ?? "the connection broke");
    throw githubError("GITHUB_UNAVAILABLE", `${url.host} cannot be asked who approved the run: ${why}`, {
      cause: error,
    });
  }
}

/** The body of a good answer. What an answer says beside its status is not shown: it may repeat the token. */
function understood({ status, headers, body }: Answer, url: URL): Buffer {
  const answered = `${url.host} answered ${status} when asked who approved the run`;
  const exhausted = headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined;
  if (status === 429 || status >= 500 || (status === 403 && exhausted)) {
    throw githubError("GITHUB_UNAVAILABLE", answered);
  }
  if ([401, 403, 404].includes(status)) throw githubError("GITHUB_REFUSED", answered);
  if (status !== 200) throw githubError("GITHUB_CONFUSED", answered);
  if (body !== undefined) return body;
  throw githubError("GITHUB_CONFUSED", `${url.host} sent more than ${mostBytes / 1024} KiB of approvals`);
}

function reviewsIn(body: Buffer, url: URL): readonly RunReview[] {
  return parsed(body, url).flatMap(({ state, comment, environments, user }) =>
    state === "approved" || state === "rejected"
      ? [{ user: user.login, comment: comment ?? "", environments: environments.map(({ name }) => name), state }]
      : [],
  );
}

function parsed(body: Buffer, url: URL): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
  } catch {
    throw githubError("GITHUB_CONFUSED", `${url.host} did not send a list of approvals`);
  }
}
