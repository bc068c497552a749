import { kyvernoFile } from "./kyverno.ts";
import { policyControllerFiles } from "./policy-controller.ts";
import type { AdmissionFile, AdmissionRequest } from "./request.ts";

/** Engines that policies can be written for. */
export const engines = ["kyverno", "policy-controller"] as const;
type Engine = (typeof engines)[number];

const filesFor: Readonly<Record<Engine, (request: AdmissionRequest) => readonly AdmissionFile[]>> = {
  kyverno: (request) => [kyvernoFile(request)],
  "policy-controller": policyControllerFiles,
};

/**
 * The files for some engines; the same request gives the same bytes.
 * @throws SlipwayError ADMISSION_NOBODY, ADMISSION_ROOT_UNUSABLE
 */
export function admissionFiles(request: AdmissionRequest, chosen: readonly Engine[]): readonly AdmissionFile[] {
  return chosen.flatMap((engine) => filesFor[engine](request));
}
