import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";

/** The release says where it came from, completely: training run, data set and its version, code commit. */
export function judgeLineage({ dossier: { lineage } }: GateContext): GateVerdict {
  const { trainingRun, dataset, datasetVersion, codeCommit } = lineage;
  const needed = { trainingRun, dataset, datasetVersion, codeCommit };
  const lacking = Object.entries(needed).flatMap(([part, value]) =>
    value === undefined || value === "" ? [part] : [],
  );
  if (lacking.length === 0) {
    return met(`run ${trainingRun}, data ${dataset} ${datasetVersion}, code ${codeCommit?.slice(0, 12)}`);
  }
  return missing(
    `the metadata lacks ${lacking.join(", ")}`,
    "Complete `provenance` in model.yaml and package the release again.",
  );
}
