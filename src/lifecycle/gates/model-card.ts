import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";

/** The release has a model card among its files. */
export function judgeModelCard({ dossier: { modelCard } }: GateContext): GateVerdict {
  if (modelCard !== undefined && modelCard !== "") return met(`model card ${modelCard}`);
  return missing(
    "the release has no model card",
    "Name it as `modelCard` in model.yaml and package the release again.",
  );
}
