import { type Finding, finding } from "../../finding.ts";
import { mediaType } from "../../media-types.ts";
import type { RegistryFacts } from "../known-registries.ts";
import { type Asked, outcomeOf, succeeded } from "./asked.ts";
import type { Asker } from "./asker.ts";
import type { ProbeBytes, ProbeContent } from "./probe-content.ts";

/** What came of writing to one tag three times; what was not tried any more is undefined. */
export interface TagSeen {
  /** Whether the tag was there before, left by an earlier run. */
  readonly taken: boolean;
  readonly first: Asked;
  readonly again: Asked | undefined;
  readonly other: Asked | undefined;
  /** The other manifest by its digest, when the tag did not move. */
  readonly aside: Asked | undefined;
}

/** Puts a manifest under a tag, the same again, and another one (distribution-spec 1.1, "Pushing Manifests"). */
export async function tryTag(asker: Asker, content: ProbeContent, taken: boolean): Promise<TagSeen> {
  const { tag, manifest, other } = content;
  const first = await put(asker, tag, manifest);
  if (!succeeded(first)) return { taken, first, again: undefined, other: undefined, aside: undefined };
  const again = await put(asker, tag, manifest);
  const moved = await put(asker, tag, other);
  const aside = succeeded(moved) ? undefined : await put(asker, other.digest, other);
  return { taken, first, again, other: moved, aside };
}

function put(asker: Asker, reference: string, { bytes }: ProbeBytes): Promise<Asked> {
  const headers = { "content-type": mediaType.manifest };
  return asker.ask({ method: "PUT", to: `manifests/${reference}`, actions: ["pull", "push"], headers, body: bytes });
}

/** True when the tag was seen not to move. */
export function staysWhereItIs({ taken, first, other }: TagSeen): boolean {
  if (taken && saysImmutable(first)) return true;
  return succeeded(first) && other !== undefined && refuses(other);
}

/** Harbor answers 412, ECR 400 with these words, others 409. */
function saysImmutable({ status, words }: Asked): boolean {
  return status === 412 || status === 409 || (status === 400 && /immutable|already exists/i.test(words));
}

function refuses({ status }: Asked): boolean {
  return status !== undefined && status >= 400;
}

/** Whether others can overwrite a release's tag. */
export function judgeImmutability(seen: TagSeen, known: RegistryFacts | undefined): Finding {
  const check = "immutable tags";
  const { first, again, other } = seen;
  if (seen.taken && staysWhereItIs(seen)) {
    return finding(check, "ok", "the tag of an earlier probe is not overwritten");
  }
  if (!succeeded(first)) {
    const advice = first.remedy ?? "Nothing can be released: do what the registry's words say.";
    return finding(
      check,
      first.status === undefined ? "unknown" : "failed",
      `putting a manifest ${outcomeOf(first)}`,
      advice,
    );
  }
  const same =
    again !== undefined && refuses(again) ? "; it refuses the same content again, which Slipway knows of" : "";
  if (staysWhereItIs(seen)) return finding(check, "ok", `a tag that is taken is not overwritten${same}`);
  if (other === undefined || !succeeded(other)) {
    return finding(
      check,
      "unknown",
      `putting other content ${other ? outcomeOf(other) : "was not tried"}`,
      other?.remedy,
    );
  }
  return finding(
    check,
    "warning",
    `a tag that is taken is overwritten with other content${same}`,
    `Slipway never does that, others may: ${waysFor(known)}`,
  );
}

const ways: Readonly<Record<string, string>> = {
  "Amazon ECR": "set imageTagMutability to IMMUTABLE, with `latest*` and `*_*` left out.",
  "Azure Container Registry": "lock released tags with `az acr repository update --write-enabled false`.",
  "Google Artifact Registry": "`gcloud artifacts repositories update --immutable-tags`.",
  "Docker Hub": "switch on immutable tags in the repository's settings, for versions only.",
  "Quay.io": "make released tags immutable in the repository's settings.",
  Artifactory: "take the right to delete or overwrite from everybody but the release's user.",
  "GitHub's container registry": "it has no such rule; let only the release workflow write packages.",
};

function waysFor(known: RegistryFacts | undefined): string {
  return (
    ways[known?.name ?? ""] ??
    "add an immutability rule for version tags where the registry has them (as Harbor does), or let only the pipeline push."
  );
}
