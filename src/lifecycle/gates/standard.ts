import { hexOf } from "../../oci/index.ts";
import { isFirstRelease } from "../champion.ts";
import type { GateContext } from "./gate.ts";
import type { Standard } from "./test-result.ts";

/**
 * What a comparison has to be with: the champion; or, where there is none or the policy says so, absolute thresholds
 * (DESIGN 5.5, "First release").
 */
export function comparison({ gate, champion, siblings, dossier }: GateContext): Standard {
  if (gate.against === "thresholds") return thresholds("");
  if (champion === undefined) {
    const why = isFirstRelease(siblings, dossier) ? "first release" : "no champion in production";
    return thresholds(`${why}: `);
  }
  return ({ baseline }) => {
    const name = `the champion ${champion.version}`;
    if (baseline === undefined) return { lacks: `was not compared with ${name}: it names no baseline` };
    if (baseline.digest.sha256 === hexOf(champion.subject)) return { holds: `, compared with ${name}` };
    const other = baseline.version ?? `sha256:${baseline.digest.sha256.slice(0, 12)}…`;
    return { lacks: `was compared with ${other}, and not with ${name}` };
  };
}

/** That it passed is all that is asked of a result. */
export function anyStandard(): { readonly holds: string } {
  return { holds: "" };
}

function thresholds(why: string): Standard {
  return ({ metrics = [] }) => {
    const judged = metrics.filter(({ threshold, comparator }) => threshold !== undefined && comparator !== undefined);
    const missed = judged.find(({ passed }) => !passed);
    if (missed !== undefined) return { lacks: `contradicts itself: ${missed.name} did not pass its threshold` };
    if (judged.length === 0) return { lacks: `has no metric with a threshold; ${why}absolute thresholds are needed` };
    return { holds: `; ${why}absolute thresholds, ${judged.length} of ${judged.length} met` };
  };
}
