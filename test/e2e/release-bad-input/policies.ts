import { appendFile, copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { as, replaceIn } from "../../support/release-scene.ts";
import type { Row } from "./row.ts";

const plan: Row["args"] = ({ fresh }) => ["promote", fresh, "--to", "staging", "--plan"];
const append = (text: string) => (work: string) => appendFile(join(work, "release-policy.yaml"), `${text}\n`);
const edit = (from: string | RegExp, to: string) => (work: string) =>
  replaceIn(join(work, "release-policy.yaml"), from, to);
const builderKey = /(?<=builder:\n {4}- name: release-ci\n {6}key: \|\n)(?: {8}\S.*\n)+/;
const evaluatorKey = /(?<=evaluation-ci\n {6}key: \|\n)(?: {8}\S.*\n)+/;

/** Policies that decide nothing, because they contradict themselves or could be read in two ways. */
export const policyRows: readonly Row[] = [
  {
    what: "an unknown role",
    prepare: append("transitions: {staging: {roles: [mlops-enginer]}}"),
    args: plan,
    code: "POLICY_CONFLICT",
    status: 2,
    says: /did you mean \\"mlops-engineer\\"/,
  },
  {
    what: "an unknown predicate",
    prepare: append(
      [
        "predicates: {privacy: https://example.com/privacy/v1}",
        "transitions: {staging: {gates: [statement: {predicate: privcy, signers: [evaluator]}]}}",
      ].join("\n"),
    ),
    args: plan,
    code: "POLICY_CONFLICT",
    status: 2,
    says: /did you mean \\"privacy\\"/,
  },
  {
    what: "an unknown gate",
    prepare: append("transitions: {staging: {gates: [evalution]}}"),
    args: plan,
    code: "POLICY_INVALID",
    status: 2,
    says: /did you mean \\"evaluation\\"/,
  },
  {
    what: "an unknown gate with options",
    prepare: append("transitions: {staging: {gates: [evalution: {maxAge: 720h}]}}"),
    args: plan,
    code: "POLICY_UNKNOWN_KEY",
    status: 2,
    says: /did you mean \\"evaluation\\"/,
  },
  {
    what: "an unknown key",
    prepare: edit("    movers:", "    mover:"),
    args: plan,
    code: "POLICY_UNKNOWN_KEY",
    status: 2,
    says: /did you mean \\"movers\\"/,
  },
  { what: "YAML that is none", prepare: append("environments: {"), args: plan, code: "POLICY_SYNTAX", status: 2 },
  {
    what: "a key that stands twice",
    prepare: append("rollback: {window: 1s}"),
    args: plan,
    code: "POLICY_DUPLICATE_KEY",
    status: 2,
  },
  {
    what: "a policy that is empty",
    prepare: (work) => writeFile(join(work, "release-policy.yaml"), "# nothing yet\n"),
    args: plan,
    code: "POLICY_EMPTY",
    status: 2,
  },
  {
    what: "a public key that is no PEM",
    prepare: edit(builderKey, "        not a key\n"),
    args: plan,
    code: "POLICY_INVALID",
    status: 2,
    says: /is not a public key in PEM/,
  },
  {
    what: "a public key whose PEM holds something else",
    prepare: edit(builderKey, "        -----BEGIN PUBLIC KEY-----\n        AAAA\n        -----END PUBLIC KEY-----\n"),
    args: plan,
    code: "KEY_MALFORMED",
    status: 2,
    says: /release-ci/,
  },
  {
    what: "a private key in the policy",
    prepare: edit(builderKey, "        -----BEGIN PRIVATE KEY-----\n        AAAA\n        -----END PRIVATE KEY-----\n"),
    args: plan,
    code: "POLICY_INVALID",
    status: 2,
    says: /private key/,
  },
  {
    what: "one key as builder and evaluator",
    prepare: oneKeyForTwo,
    args: plan,
    code: "POLICY_CONFLICT",
    status: 2,
    says: /evaluat.* may not sign/,
  },
  {
    what: "a waiver rule for what nobody can waive",
    prepare: edit("- gate: scan", "- gate: signature"),
    args: plan,
    code: "POLICY_CONFLICT",
    status: 2,
  },
  {
    what: "a pointer outside of the repository",
    prepare: edit("production/values.yaml", "../values.yaml"),
    args: plan,
    code: "POLICY_INVALID",
    status: 2,
  },
  {
    what: "a repository that is an option of git",
    prepare: edit("repository: gitops.git", 'repository: "ext::sh -c true"'),
    args: plan,
    code: "POLICY_INVALID",
    status: 2,
  },
  {
    what: "no policy",
    args: (releases) => [...plan(releases), "--policy", "nowhere.yaml"],
    code: "POLICY_UNREADABLE",
    status: 2,
  },
  {
    what: "a policy of one person's own",
    prepare: async (work) => {
      await copyFile(join(work, "release-policy.yaml"), join(work, "own.yaml"));
      await replaceIn(join(work, "own.yaml"), "platform-lead:\n", "security:\n");
    },
    args: ({ fresh }) => ["promote", fresh, "--to", "staging", ...as("engineer"), "--policy", "own.yaml"],
    code: "POLICY_CONFLICT",
    status: 2,
    says: /platform-lead/,
  },
];

async function oneKeyForTwo(work: string): Promise<void> {
  const file = join(work, "release-policy.yaml");
  const [key = ""] = builderKey.exec(await readFile(file, "utf8")) ?? [];
  await replaceIn(file, evaluatorKey, key);
}
