import { type Finding, finding } from "../../finding.ts";
import type { RegistryFacts } from "../known-registries.ts";

/** What is known of who removes what, and when. */
const habits: Readonly<Record<string, string>> = {
  "GitHub's container registry":
    "clean-up workflows delete what has no tag, and referrers with it: have them keep tags with `_` and `sha256-`.",
  "Amazon ECR": "lifecycle rules expire images by age or count: have them select only what has no tag, or no version.",
  "Amazon ECR Public": "lifecycle rules expire images by age or count: have them select only what has no tag.",
  "Azure Container Registry":
    "`acr purge` and the retention policy delete by age: leave `--untagged` alone, and filter tags by name.",
  "Google Artifact Registry": "clean-up policies delete by age or count: add a keep policy for released tags.",
  "Quay.io": "tag expiry and auto-prune policies delete by age or count: leave this repository out.",
  "Docker Hub": "retention settings delete what nobody pulled: leave this repository out.",
  "GitLab's container registry":
    "the project's clean-up policy deletes tags by a pattern: have it keep those with `_`.",
  Artifactory:
    "maxUniqueTags and tag retention delete old tags, and evidence is a tag: set both to 0 for this repository.",
};

/** What is known of the registry's garbage collection. It cannot be seen from outside. */
export function judgeCollection(known: RegistryFacts | undefined): Finding {
  const habit = known && habits[known.name];
  if (known !== undefined && habit !== undefined) {
    return finding(
      "collection",
      "warning",
      "which retention rules apply cannot be seen from outside",
      `In ${known.name} ${habit}`,
    );
  }
  return finding(
    "collection",
    "unknown",
    "whether it collects what has no tag cannot be seen from outside",
    "Slipway tags all it writes: distribution's `garbage-collect -m` spares that. Retention rules (Harbor's, …) must spare tags with `_` and `sha256-`.",
  );
}
