// What a cluster is told of the release policy: documents for admission engines that refuse a pod before its images are
// pulled. Pure: the policy and the time are handed in, texts of files come out (docs in `deploy/admission`).
// May import `src/errors`, `src/evidence`, `src/lifecycle`, `src/oci`'s digests.

export { admissionFiles, engines } from "./admission-files.ts";
export { type Demand, demandsOf } from "./demands.ts";
export { parseImageGlob } from "./image-glob.ts";
export { parseNamespaceLabel } from "./namespace-label.ts";
export type { AdmissionFile } from "./request.ts";
