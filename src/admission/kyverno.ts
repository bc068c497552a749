import { predicateType } from "../evidence/index.ts";
import { comment } from "./comment.ts";
import type { SummaryDemand } from "./demands.ts";
import { type Attestors, attestorsOf } from "./kyverno-attestors.ts";
import type { AdmissionFile, AdmissionRequest } from "./request.ts";
import { yamlText } from "./yaml-text.ts";

/**
 * A Kyverno ClusterPolicy (kyverno.io/v1, `verifyImages`): one rule for the signature, one for the summary.
 *
 * @throws SlipwayError ADMISSION_NOBODY
 */
export function kyvernoFile(request: AdmissionRequest): AdmissionFile {
  const { environment, signature, summary } = request.demands;
  const signed = attestorsOf(signature, "signed");
  const promoted = summary === undefined ? undefined : attestorsOf(summary, "promoted");
  const rules = [
    rule(request, "signed", signed.type, signedBy(signed)),
    ...(summary === undefined || promoted === undefined
      ? []
      : [rule(request, "promoted", promoted.type, { attestations: [summaryBy(summary, promoted)] })]),
  ];
  const content = {
    apiVersion: "kyverno.io/v1",
    kind: "ClusterPolicy",
    metadata: {
      name: `slipway-${environment}`,
      // Pods are judged themselves, with their image volumes, which the rules made for Deployments do not see.
      annotations: { "pod-policies.kyverno.io/autogen-controllers": "none" },
    },
    spec: { background: false, webhookConfiguration: { failurePolicy: "Fail", timeoutSeconds: 30 }, rules },
  };
  const own = limits(request, [...new Set([...signed.leftOut, ...(promoted?.leftOut ?? [])])]);
  return {
    name: `kyverno-${environment}.yaml`,
    text: yamlText([{ comment: comment(request, "Kyverno", own), content }]),
  };
}

function rule({ images, namespaceLabel }: AdmissionRequest, name: string, type: Attestors["type"], demand: object) {
  const container = (field: string) => ({ name: field, path: `/spec/${field}/*`, key: "name", value: "image" });
  return {
    name,
    match: {
      any: [
        {
          resources: {
            kinds: ["Pod"],
            operations: ["CREATE", "UPDATE"],
            ...(namespaceLabel && {
              namespaceSelector: { matchLabels: { [namespaceLabel.name]: namespaceLabel.value } },
            }),
          },
        },
      ],
    },
    imageExtractors: {
      Pod: [
        ...["containers", "initContainers", "ephemeralContainers"].map(container),
        // Of its own accord Kyverno looks at containers only.
        { name: "volumes", path: "/spec/volumes/*/image", value: "reference" },
      ],
    },
    verifyImages: [
      {
        type,
        imageReferences: [...images.kyverno],
        failureAction: "Enforce",
        required: true,
        // A tag may be moved between the check and the pull.
        verifyDigest: true,
        mutateDigest: false,
        ...demand,
      },
    ],
  };
}

/** In a bundle every statement is a signature to Kyverno, also "it failed"; so the one that means it is asked for. */
function signedBy({ type, entries }: Attestors): object {
  const attestors = [{ count: 1, entries }];
  if (type === "Cosign") return { attestors };
  return { attestations: [{ name: "signature", type: predicateType.cosignSignature, attestors }] };
}

function summaryBy({ levels }: SummaryDemand, { entries }: Attestors): object {
  const matching = levels.map((level) => `@ == '${level}'`).join(" || ");
  return {
    name: "summary",
    type: predicateType.verificationSummary,
    attestors: [{ count: 1, entries }],
    conditions: [
      {
        all: [
          { key: "{{ verificationResult }}", operator: "Equals", value: "PASSED" },
          // Of a text, in place of a list, nothing can be counted, which is refused.
          { key: `{{ length(verifiedLevels[?${matching}]) }}`, operator: "GreaterThan", value: 0 },
        ],
      },
    ],
  };
}

function limits(
  { demands: { summary, signature }, images, namespaceLabel, trustedRoot }: AdmissionRequest,
  leftOut: readonly string[],
): string[] {
  const byIdentity = [signature, summary].some((demand) => demand !== undefined && demand.keys.length === 0);
  return [
    "Kyverno reads signatures by keys from the tags .sig and .att: sign with both storages, or the legacy one;",
    "Kyverno asks the same of every verification summary by one key, also a failed one: it refuses more, never less;",
    ...(summary?.shared ?? []).map(
      ({ name, state }) =>
        `"${name}" may promote to ${state} too: a release that it did both for is refused; give it two keys;`,
    ),
    ...leftOut,
    ...(images.widened ? ["a single * covers deeper paths as well;"] : []),
    ...(byIdentity ? [rootLine(trustedRoot)] : []),
    namespaceLabel === undefined
      ? "namespaces that Kyverno's own configuration excludes, such as kube-system, are not looked at."
      : `only namespaces with ${namespaceLabel.name}=${namespaceLabel.value} are looked at: who may label may leave.`,
  ];
}

function rootLine(trustedRoot: unknown): string {
  const which = trustedRoot === undefined ? "the public instance" : "the policy's own trusted root";
  return `identities are believed by Kyverno's own TUF root, which a policy cannot name: set it up for ${which};`;
}
