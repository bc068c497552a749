import { predicateType } from "../evidence/index.ts";
import { type Attestation, authoritiesOf, expressible, type Instance } from "./authorities.ts";
import { comment } from "./comment.ts";
import type { SummaryDemand } from "./demands.ts";
import { furtherConditions } from "./party.ts";
import type { AdmissionFile, AdmissionRequest } from "./request.ts";
import { readTrustedRoot, type SigstoreKeys, trustRootDocument } from "./trust-root.ts";
import { yamlText } from "./yaml-text.ts";

/**
 * ClusterImagePolicies of sigstore's policy-controller (policy.sigstore.dev/v1beta1): one for the signature, one for the
 * summary, because an image must satisfy every policy that covers it, and of one policy any authority; and the TrustRoot
 * that identities are judged by, in a file of its own.
 *
 * @throws SlipwayError ADMISSION_NOBODY, ADMISSION_ROOT_UNUSABLE
 */
export function policyControllerFiles(request: AdmissionRequest): readonly AdmissionFile[] {
  const { environment, signature, summary } = request.demands;
  const byIdentity = [signature, summary].some((demand) => demand?.identities.some(expressible) === true);
  const keys =
    byIdentity && request.trustedRoot !== undefined ? readTrustedRoot(request.trustedRoot, request.now) : undefined;
  const instance: Instance = { keys, name: keys && `slipway-${environment}` };

  const signed = clusterImagePolicy(request, "signed", authoritiesOf(signature, undefined, instance, "signed"));
  const policies =
    summary === undefined
      ? [signed]
      : [
          signed,
          clusterImagePolicy(request, "promoted", authoritiesOf(summary, passed(summary), instance, "promoted")),
        ];
  const top = comment(request, "sigstore's policy-controller", limits(request, byIdentity, keys));
  const file = {
    name: `policy-controller-${environment}.yaml`,
    text: yamlText(policies.map((content, index) => ({ comment: index === 0 ? top : [], content }))),
  };
  if (keys === undefined || instance.name === undefined) return [file];
  const root = trustRootDocument(instance.name, keys);
  const about = `The trusted root of ${request.policy.file}, written by \`slipway admission\`. Whole chains count without end.`;
  return [file, { name: `trust-root-${environment}.yaml`, text: yamlText([{ comment: [about], content: root }]) }];
}

function clusterImagePolicy(
  { demands, images }: AdmissionRequest,
  what: string,
  authorities: readonly object[],
): object {
  return {
    apiVersion: "policy.sigstore.dev/v1beta1",
    kind: "ClusterImagePolicy",
    metadata: { name: `slipway-${demands.environment}-${what}` },
    spec: { mode: "enforce", images: images.policyController.map((glob) => ({ glob })), authorities },
  };
}

function passed({ levels }: SummaryDemand): Attestation {
  const level = levels.map((one) => JSON.stringify(one)).join(" | ");
  const data = `import "list"

predicateType: ${JSON.stringify(predicateType.verificationSummary)}
predicate: verificationResult: "PASSED"
predicate: verifiedLevels: list.MatchN(>0, ${level})
`;
  return { name: "summary", predicateType: predicateType.verificationSummary, policy: { type: "cue", data } };
}

function limits(
  { demands: { signature: signers, summary }, namespaceLabel }: AdmissionRequest,
  byIdentity: boolean,
  keys: SigstoreKeys | undefined,
): string[] {
  const left = [signers, summary].flatMap((demand) => demand?.identities.filter((party) => !expressible(party)) ?? []);
  return [
    "policy-controller reads signatures by keys from the tags .sig and .att: sign with both storages, or the legacy one;",
    "image volumes are not looked at by version 0.13.1;",
    "a tag is replaced by its digest before it is judged, not refused;",
    ...(byIdentity
      ? ["bundles with an entry in Rekor v2 are not read by version 0.13.1, with whatever else they have;"]
      : []),
    ...[...new Set(left)].map(
      ({ name, identity }) =>
        `"${name}" is left out: its ${furtherConditions(identity).join(", ")} cannot be asked for;`,
    ),
    ...(keys === undefined ? [] : rootLines(keys)),
    ...(namespaceLabel === undefined
      ? []
      : [
          `it chooses no namespaces: ${namespaceLabel.name}=${namespaceLabel.value} belongs into the webhook's namespaceSelector;`,
        ]),
    "namespaces without policy.sigstore.dev/include=true are not looked at.",
  ];
}

function rootLines({ ctLogs, ended }: SigstoreKeys): string[] {
  return [
    "of the trusted root, time stamps count and logs do not: version 0.13.1 does not find them;",
    ...(ctLogs.length === 0 ? [] : ["for the same reason it refuses certificates that must be in a certificate log;"]),
    ...ended.map((what) => `${what} of the trusted root has ended and is left out;`),
  ];
}
