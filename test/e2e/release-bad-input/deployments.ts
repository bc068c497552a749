import { as, toProduction } from "../../support/release-scene.ts";
import type { Row } from "./row.ts";
import { malformedHold, rejectPushes, withoutPin } from "./wrong-pointers.ts";

const deploy =
  (person: Parameters<typeof as>[0] = "engineer", ...more: string[]): Row["args"] =>
  ({ champion }) => ["update-pointer", champion, ...toProduction, ...as(person), "--reason", "Because", ...more];
const deployStaged: Row["args"] = ({ staged }) => [
  ...["update-pointer", staged, ...toProduction, ...as("engineer"), "--reason", "Because"],
];
const verify =
  (release: "champion" | "staged" | "fresh", ...more: string[]): Row["args"] =>
  (releases) => ["verify", releases[release], "--for", "deploy", ...more];
const policy = ["--policy", "release-policy.yaml"];
const forProduction = [...toProduction, ...policy];

/** What may not be deployed, and who may not deploy. */
export const deploymentRows: readonly Row[] = [
  {
    what: "verifying for deployment what is in staging",
    args: verify("staged", ...forProduction),
    code: "STATE_NOT_PERMITTED",
    status: 3,
    says: /production permits production/,
  },
  {
    what: "verifying for deployment what was never promoted",
    args: verify("fresh", ...forProduction),
    code: "STATE_NOT_PERMITTED",
    status: 3,
  },
  {
    what: "verifying for deployment what is held",
    at: "rolledBack",
    args: verify("staged", ...forProduction),
    code: "RELEASE_HELD",
    status: 3,
    says: /Latency/,
  },
  {
    what: "verifying with a hold that is malformed",
    prepare: malformedHold,
    args: verify("champion", ...forProduction),
    code: "HOLD_UNREADABLE",
    status: 3,
  },
  {
    what: "verifying for an unknown environment",
    args: verify("champion", ...policy, "--environment", "prod"),
    code: "ENVIRONMENT_UNKNOWN",
    status: 2,
    says: /it has production/,
  },
  {
    what: "verifying for no environment",
    args: verify("champion", ...policy),
    code: "ENVIRONMENT_NEEDED",
    status: 2,
  },
  {
    what: "verifying for deployment without a policy",
    args: verify("champion", ...toProduction),
    code: "TRUST_NOT_GIVEN",
    status: 2,
  },
  {
    what: "verifying for a promotion without the evidence",
    args: ({ fresh }) => ["verify", fresh, "--for", "promote", ...policy],
    code: "GATE_UNMET",
    status: 3,
    says: /scan, evaluation/,
  },
  { what: "deploying what is in staging", args: deployStaged, code: "STATE_NOT_PERMITTED", status: 3 },
  { what: "deploying what is held", at: "rolledBack", args: deployStaged, code: "RELEASE_HELD", status: 3 },
  {
    what: "deploying with a hold that is malformed",
    prepare: async (work) => {
      await withoutPin(work);
      await malformedHold(work);
    },
    args: deploy(),
    code: "HOLD_UNREADABLE",
    status: 3,
    says: /slipway\/holds\/production/,
  },
  {
    what: "deploying in an unknown environment",
    args: ({ champion }) => [
      ...["update-pointer", champion, "--environment", "prod", ...as("engineer"), "--reason", "Because"],
    ],
    code: "ENVIRONMENT_UNKNOWN",
    status: 2,
    says: /it has production/,
  },
  {
    what: "deploying by somebody without the role",
    args: deploy("evaluator"),
    code: "MOVER_REQUIRED",
    status: 3,
    says: /mlops-engineer or platform-lead/,
  },
  { what: "deploying by a stranger", args: deploy("stranger"), code: "MOVER_UNKNOWN", status: 3 },
  {
    what: "deploying from another version than the one that runs",
    at: "replaced",
    args: deploy("engineer", "--expected", "0.9.0"),
    code: "POINTER_UNEXPECTED",
    status: 3,
    says: /names 1\.1\.0, not 0\.9\.0/,
  },
  {
    what: "deploying where nothing should run",
    at: "replaced",
    args: deploy("engineer", "--expected", "none"),
    code: "POINTER_UNEXPECTED",
    status: 3,
  },
  {
    what: "deploying to a repository that takes no push",
    prepare: async (work) => {
      await withoutPin(work);
      await rejectPushes(work);
    },
    args: deploy(),
    code: "PUSH_REJECTED",
    status: 3,
    says: /Only on Tuesdays/,
  },
];
