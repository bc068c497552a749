import { type Finding, finding } from "../../finding.ts";
import { type Asked, isDenied, outcomeOf, succeeded } from "./asked.ts";
import { tagsIn } from "./tag-list.ts";

/** Whether the repository may be read. @param listing what came of listing its tags */
export function judgePull(listing: Asked, repository: string, identified: boolean): Finding {
  const as = identified ? "" : ", anonymously";
  if (succeeded(listing)) {
    if (tagsIn(listing.body) !== undefined) return finding("pull", "ok", `${repository} may be read${as}`);
    return finding(
      "pull",
      "failed",
      "what should be a list of tags is something else",
      "This is no registry, or a proxy in front of it answers in its place: look at what answers at that address.",
    );
  }
  // A repository that nobody pushed to yet is not there.
  if (listing.status === 404) return finding("pull", "ok", `${repository} may be read${as}, and is not there yet`);
  if (isDenied(listing)) {
    return finding(
      "pull",
      "failed",
      `listing tags ${outcomeOf(listing)}`,
      `Nothing can be verified or pulled: give this user the right to pull from ${repository}, or log in as one who has it.`,
    );
  }
  const status = listing.status === undefined ? "unknown" : "failed";
  return finding("pull", status, `listing tags ${outcomeOf(listing)}`, listing.remedy ?? unlisted);
}

const unlisted =
  "Slipway lists tags to find evidence where there is no referrers API: let `GET /v2/<name>/tags/list` through.";

/** Whether the repository may be written to. @param start what came of starting an upload */
export function judgePush(start: Asked, repository: string): Finding {
  if (start.status === 202) return finding("push", "ok", `${repository} may be written to`);
  const seen = `starting an upload ${outcomeOf(start)}`;
  if (isDenied(start)) {
    return finding(
      "push",
      "failed",
      seen,
      `Nothing can be packaged, signed or published there: give this user the right to push to ${repository}, or use --read-only.`,
    );
  }
  if (start.status === 404) {
    return finding(
      "push",
      "failed",
      seen,
      `Make the repository ${repository} in the registry first; it makes none by itself.`,
    );
  }
  if (start.status === undefined) return finding("push", "unknown", seen, start.remedy);
  return finding("push", "failed", seen, "Nothing can be pushed: do what the registry's words say.");
}
