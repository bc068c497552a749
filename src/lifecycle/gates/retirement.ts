import { shortDigest } from "../../oci/index.ts";
import { failed, type GateContext, type GateVerdict, met, missing } from "./gate.ts";

/** Another release of the model is in production and takes this one's place. */
export function judgeReplacement({ request: { retirement }, siblings, dossier }: GateContext): GateVerdict {
  const remedy = "Name a release of this model that is in production as the replacement.";
  if (retirement === undefined) return missing("no replacement was named", remedy);
  const { replacement } = retirement;
  if (replacement === dossier.subject) return failed("the replacement is this release itself", remedy);
  const found = siblings.find(({ subject, name }) => subject === replacement && name === dossier.name);
  if (found === undefined) {
    return failed(`the replacement ${shortDigest(replacement)} is no known release of ${dossier.name}`, remedy);
  }
  const { version, variant, chain } = found;
  if (chain.state !== "production") return failed(`the replacement ${version} ${variant} is ${chain.state}`, remedy);
  return met(`replaced by ${version} ${variant}`);
}

/** Consumers are told until when the release may be used. */
export function judgeSunset({ request: { retirement }, now }: GateContext): GateVerdict {
  const remedy = "Give a sunset date that leaves consumers time to move.";
  if (retirement === undefined) return missing("no sunset date was given", remedy);
  // A date that is none must not pass.
  if (!(retirement.sunset > now))
    return failed(`the sunset date ${show(retirement.sunset)} is not in the future`, remedy);
  return met(`sunset on ${show(retirement.sunset)}`);
}

/** Consumers are told how to move. */
export function judgeMigrationPath({ request: { retirement } }: GateContext): GateVerdict {
  if (retirement !== undefined && retirement.migration.trim() !== "") return met(`migration: ${retirement.migration}`);
  return missing("no migration path was given", "Say how consumers move to the replacement, or where that is written.");
}

/** The date that the retirement promised has passed. */
export function judgeSunsetOver({ chain, now }: GateContext): GateVerdict {
  const retirement = chain.links.findLast(({ promotion }) => promotion.retirement !== undefined)?.promotion.retirement;
  if (retirement === undefined) {
    return missing("no link of the chain gives a sunset date", "Let somebody who may waive the gate `sunset-over`.");
  }
  const sunset = new Date(retirement.sunset);
  if (sunset <= now) return met(`the sunset was on ${show(sunset)}`);
  return failed(`the sunset is on ${show(sunset)}`, "Wait until then; consumers were promised this date.");
}

function show(date: Date): string {
  return Number.isNaN(date.getTime()) ? "given" : date.toISOString();
}
