import { type Finding, finding } from "../../finding.ts";
import { type Asked, succeeded } from "./asked.ts";
import type { Asker } from "./asker.ts";
import { abandonedTags, probeTagPrefix } from "./probe-tag.ts";
import { tagsIn } from "./tag-list.ts";

/** One page of tags, from where those of probes begin. */
export function listTagsFromProbes(asker: Asker): Promise<Asked> {
  return asker.ask({ method: "GET", to: `tags/list?n=100&last=${probeTagPrefix}`, actions: ["pull"] });
}

/** Tags that earlier runs left behind; undefined when tags could not be listed. */
export function leavingsIn(listing: Asked, now: Date): readonly string[] | undefined {
  if (listing.status === 404) return [];
  const tags = succeeded(listing) ? tagsIn(listing.body) : undefined;
  return tags && abandonedTags(tags, now);
}

/** Whether earlier runs left tags behind. @param left what `leavingsIn` gives */
export function judgeLeavings(left: readonly string[] | undefined): Finding {
  const check = "leavings";
  if (left === undefined) return finding(check, "unknown", "tags could not be listed");
  if (left.length === 0) return finding(check, "ok", "no tags of earlier probes");
  return finding(
    check,
    "warning",
    `${left.length === 1 ? "a tag" : `${left.length} tags`} of earlier probes, such as ${left[0]}`,
    "They decide nothing: delete them as somebody who may, and use --read-only where deleting is not allowed.",
  );
}
