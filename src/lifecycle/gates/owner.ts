import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";

/** The release names who answers for it. */
export function judgeOwner({ dossier: { owner } }: GateContext): GateVerdict {
  if (owner !== undefined && owner.trim() !== "") return met(`owned by ${owner}`);
  return missing("the manifest names no owner", "Write `owner` into model.yaml and package the release again.");
}
