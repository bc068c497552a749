import type { SlipwayError } from "../../errors/index.ts";
import { gitError } from "./errors.ts";
import { withoutCredentials } from "./remote.ts";

/** Why a push did not go through. */
export type PushFailure =
  | { readonly kind: "retryable"; readonly why: string }
  | { readonly kind: "terminal"; readonly error: SlipwayError };

/** Somebody else was faster; seen with git 2.39, GitHub and GitLab. Everything else will not pass by itself. */
const overtaken =
  /non-fast-forward|fetch first|cannot lock ref|incorrect old value provided|stale info|failed to update ref|reference already exists|is at [0-9a-f]+ but expected/i;

/**
 * Tells a push that lost a race from one that was refused.
 * @param text stdout (`--porcelain`) and stderr of git
 */
export function classifyPush(text: string, repository: string): PushFailure {
  const rejected = /^!\t\S+\t\[(?:remote )?(?:rejected|failure)\] ?(.*)$/m.exec(text)?.[1];
  const why = rejected?.replace(/^\(|\)$/g, "") ?? "";
  if (overtaken.test(why) && !/GH0\d\d|hook declined|protected/i.test(text)) return { kind: "retryable", why };
  if (rejected === undefined) return { kind: "terminal", error: explainFailure(text, repository) };
  const said = remoteLines(text);
  const checkedOut = /refusing to update checked out branch|denyCurrentBranch/.test(text);
  return {
    kind: "terminal",
    error: gitError("PUSH_REJECTED", `${withoutCredentials(repository)} refused the push: ${why}`, {
      details: said,
      ...(checkedOut ? { remedy: "The branch is checked out there; name a bare repository, or the server's." } : {}),
    }),
  };
}

/** A status stands behind words, since a port or a name may have the same digits. */
const accessDenied =
  /Authentication failed|could not read (Username|Password)|Permission denied|denied to|(returned error:|HTTP) (401|403)\b/i;

/** The error that git's words stand for, when it could not read or write a remote at all. */
export function explainFailure(text: string, repository: string): SlipwayError {
  const shown = withoutCredentials(repository);
  const said = remoteLines(text);
  const context = { details: said };
  if (accessDenied.test(text)) {
    return gitError("GIT_ACCESS_DENIED", `${shown} refused the credentials`, context);
  }
  if (/dubious ownership/.test(text)) {
    return gitError("GIT_ACCESS_DENIED", `${shown} belongs to another user`, {
      ...context,
      remedy: "Let git trust it: `git config --global --add safe.directory <path>`, or name it by URL.",
    });
  }
  if (/not found|does not exist|does not appear to be a git repository|No such file|not a git repository/i.test(text)) {
    return gitError("GIT_NOT_FOUND", `there is no repository ${shown}`, context);
  }
  return gitError("GIT_UNREACHABLE", `git could not reach ${shown}: ${said[0] ?? "it gave no reason"}`, context);
}

function remoteLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => withoutCredentials(line.replace(/^(remote|fatal|error): ?/, "").trim()))
    .filter((line) => line !== "" && !/^(To |Done$|!|hint:|warning:)/.test(line))
    .slice(0, 10);
}
