import type { Digest } from "../../digest.ts";
import { type Finding, finding } from "../../finding.ts";
import { mediaType } from "../../media-types.ts";
import { type Asked, outcomeOf, succeeded } from "./asked.ts";
import type { Asker } from "./asker.ts";

/** What was put into a registry and has to go again. */
export interface Made {
  readonly tag: string | undefined;
  readonly manifests: readonly Digest[];
  readonly blobs: readonly Digest[];
}

/** What came of removing it. */
export interface DeletionSeen {
  readonly made: Made;
  readonly tag: Asked | undefined;
  readonly manifests: readonly Asked[];
  readonly blobs: readonly Asked[];
  /** Whether the tag is still there afterwards. */
  readonly tagStays: boolean;
}

const rights = ["pull", "push", "delete"] as const;

/** Removes what was made: the tag, then manifests, then blobs (distribution-spec 1.1, "Content Management"). */
export async function removeMade(asker: Asker, made: Made): Promise<DeletionSeen> {
  const tag = made.tag === undefined ? undefined : await remove(asker, `manifests/${made.tag}`);
  const manifests = await inTurn(made.manifests, (digest) => remove(asker, `manifests/${digest}`));
  const blobs = await inTurn(made.blobs, (digest) => remove(asker, `blobs/${digest}`));
  // Without it, some say that an OCI manifest is not there.
  const headers = { accept: mediaType.manifest };
  const rest =
    made.tag && (await asker.ask({ method: "HEAD", to: `manifests/${made.tag}`, actions: ["pull"], headers }));
  return { made, tag, manifests, blobs, tagStays: rest ? rest.status !== 404 : false };
}

function remove(asker: Asker, to: string): Promise<Asked> {
  return asker.ask({ method: "DELETE", to, actions: rights });
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Whether what is in the registry can be removed, and what probes have left in it. */
export function judgeDeletion(seen: DeletionSeen): Finding {
  const check = "delete";
  const { made, tag, manifests, blobs, tagStays } = seen;
  if (tag === undefined && manifests.length === 0 && blobs.length === 0) {
    return finding(check, "skipped", "there was nothing to remove");
  }
  const left = [
    ...(tagStays && made.tag !== undefined ? [`the tag ${made.tag}`] : []),
    ...leftOf("manifest", manifests),
    ...leftOf("blob", blobs),
  ];
  const refusal = [...manifests, ...blobs, ...(tag ? [tag] : [])].find((asked) => !isGone(asked));
  if (refusal === undefined && left.length === 0)
    return finding(check, "ok", "tags, manifests and blobs can be removed");
  if (left.length === 0) {
    return finding(
      check,
      "warning",
      `removing a tag ${refusal ? outcomeOf(refusal) : "failed"}; it goes with its manifest`,
      "State hints that are over stay as tags; they decide nothing. A newer registry removes tags.",
    );
  }
  const why = refusal === undefined ? "" : `: removing ${outcomeOf(refusal)}`;
  return finding(
    check,
    "warning",
    `left behind ${left.join(", ")}${why}`,
    "Old releases cannot be removed, and state hints that are over stay: allow deleting, and delete the probe's tag.",
  );
}

function leftOf(what: string, asked: readonly Asked[]): string[] {
  const count = asked.filter((answer) => !isGone(answer)).length;
  if (count === 0) return [];
  return [count === 1 ? `1 ${what}` : `${count} ${what}s`];
}

function isGone(asked: Asked): boolean {
  return succeeded(asked) || asked.status === 404;
}
