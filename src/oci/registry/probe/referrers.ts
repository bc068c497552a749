import { setTimeout as sleep } from "node:timers/promises";
import type { Digest } from "../../digest.ts";
import { type Finding, finding } from "../../finding.ts";
import { parseIndex } from "../../manifest.ts";
import { mediaType } from "../../media-types.ts";
import { type Asked, isDenied, outcomeOf, succeeded } from "./asked.ts";
import type { Asker } from "./asker.ts";

const zeroDigest: Digest = `sha256:${"0".repeat(64)}`;
/** Some registries list what was attached a moment later. */
const settleMs = 1000;

/** What is known of how a registry tells what refers to a manifest. */
export interface ReferrersSeen {
  /** Answer about a digest that nothing has. */
  readonly interface: Asked;
  /** Whether the answer to a manifest with a subject had `OCI-Subject`; undefined when none was accepted. */
  readonly header: boolean | undefined;
  /** Whether that manifest was listed afterwards; undefined when it was not asked. */
  readonly listed: boolean | undefined;
  /** Whether tags were seen not to move. */
  readonly immutable: boolean;
}

/** Asks what refers to a digest that nothing has (distribution-spec 1.1, "Listing Referrers"). */
export function askReferrers(asker: Asker): Promise<Asked> {
  return asker.ask({
    method: "GET",
    to: `referrers/${zeroDigest}`,
    actions: ["pull"],
    headers: { accept: mediaType.index },
  });
}

/** Whether a manifest is listed by its subject; asked twice. */
export async function isListed(asker: Asker, subject: Digest, attached: Digest): Promise<boolean> {
  for (let turn = 0; turn < 2; turn += 1) {
    if (turn > 0) await sleep(settleMs);
    const headers = { accept: mediaType.index };
    const asked = await asker.ask({ method: "GET", to: `referrers/${subject}`, actions: ["pull"], headers });
    if (succeeded(asked) && manifestsIn(asked)?.includes(attached) === true) return true;
  }
  return false;
}

/** True when the answer is that of a registry with the interface: an index. */
export function hasInterface(asked: Asked): boolean {
  return asked.status === 200 && manifestsIn(asked) !== undefined;
}

function manifestsIn({ body }: Asked): readonly Digest[] | undefined {
  try {
    return parseIndex(body, "what refers to a manifest").manifests.map(({ digest }) => digest);
  } catch {
    return undefined;
  }
}

/** How signatures and evidence will be found in this registry. */
export function judgeReferrers({ interface: asked, header, listed, immutable }: ReferrersSeen): Finding {
  const check = "referrers";
  if (asked.status === 200 && manifestsIn(asked) === undefined) {
    return finding(
      check,
      "failed",
      "the referrers API answers with something that is no index",
      "No signature will be found: look for a proxy that answers in the registry's place, or tell whoever runs it.",
    );
  }
  if (asked.status === 200) {
    if (listed === false) {
      return finding(
        check,
        "failed",
        "the referrers API answers, and does not list what was attached a second before",
        "Signatures and evidence will not be found after they were attached: tell whoever runs the registry.",
      );
    }
    const headerless = header === false ? "; it sends no OCI-Subject" : "";
    return finding(
      check,
      "ok",
      `the referrers API ${listed === true ? "lists what is attached" : "is there"}${headerless}`,
    );
  }
  if (isDenied(asked) || asked.status === undefined) {
    return finding(check, "unknown", `asking for referrers ${outcomeOf(asked)}`, asked.remedy);
  }
  if (immutable) {
    return finding(
      check,
      "warning",
      `there is no referrers API (${asked.status}), and tags do not move`,
      "The second signature of a release cannot be listed: exempt tags that start with `sha256-` from the rule.",
    );
  }
  if (header === true) {
    return finding(
      check,
      "warning",
      `it sends OCI-Subject, and has no referrers API (${asked.status})`,
      "Slipway keeps the fallback tag sha256-… all the same; what other tools attach will not be found: update the registry.",
    );
  }
  return finding(check, "ok", `there is no referrers API (${asked.status}); the fallback tag sha256-… is kept instead`);
}
