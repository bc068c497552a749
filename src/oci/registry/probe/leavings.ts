import { type Finding, finding } from "../../finding.ts";
import { type Asked, succeeded } from "./asked.ts";
import type { Asker } from "./asker.ts";
import { probeTagPrefix } from "./probe-content.ts";
import { tagsIn } from "./tag-list.ts";

/** One page of tags, from where those of probes begin. */
export function listTagsFromProbes(asker: Asker): Promise<Asked> {
  return asker.ask({ method: "GET", to: `tags/list?n=100&last=${probeTagPrefix}`, actions: ["pull"] });
}

/** Whether earlier runs left tags behind. @param listing what came of listing tags */
export function judgeLeavings(listing: Asked): Finding {
  const check = "leavings";
  const tags = succeeded(listing) ? tagsIn(listing.body) : listing.status === 404 ? [] : undefined;
  if (tags === undefined) return finding(check, "unknown", "tags could not be listed");
  const left = tags.filter((tag) => tag.startsWith(probeTagPrefix));
  if (left.length === 0) return finding(check, "ok", "no tags of earlier probes");
  return finding(
    check,
    "warning",
    `${left.length === 1 ? "a tag" : `${left.length} tags`} of earlier probes, such as ${left[0]}`,
    "They decide nothing: delete them as somebody who may, and use --read-only where deleting is not allowed.",
  );
}
