import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { slipway, succeed } from "../../support/command-line.ts";
import { as, dayAfter, evaluate, replaceIn, resultsOf, waiveScan } from "../../support/release-scene.ts";
import { borrowEvidence } from "./borrowed-evidence.ts";
import type { Row } from "./row.ts";
import { rejectPushes } from "./wrong-pointers.ts";

const stage =
  (...by: readonly string[]): Row["args"] =>
  ({ fresh }) => ["promote", fresh, "--to", "staging", ...by];
const byEngineer = stage(...as("engineer"));

/** Promotions that somebody may not make, or that lack evidence. */
export const promotionRows: readonly Row[] = [
  {
    what: "a state that is skipped",
    args: ({ fresh }) => ["promote", fresh, "--to", "production", ...as("lead")],
    code: "TRANSITION_NOT_ALLOWED",
    status: 3,
    says: /to staging first/,
  },
  {
    what: "a state that lies behind",
    args: ({ champion }) => ["promote", champion, "--to", "staging", ...as("lead")],
    code: "TRANSITION_NOT_ALLOWED",
    status: 3,
  },
  {
    what: "somebody without the role",
    args: stage(...as("evaluator")),
    code: "ROLE_REQUIRED",
    status: 3,
    says: /mlops-engineer \(erin\)/,
  },
  {
    what: "the engineer in the lead's place",
    args: ({ staged }) => ["promote", staged, "--to", "production", ...as("engineer")],
    code: "ROLE_REQUIRED",
    status: 3,
    says: /platform-lead \(lena\)/,
  },
  { what: "a key that the policy lacks", args: stage(...as("stranger")), code: "SIGNER_UNKNOWN", status: 3 },
  { what: "no key", args: stage(), code: "KEY_NEEDED", status: 2 },
  {
    what: "a subject without a digest",
    args: () => ["promote", "oci:store:1.2.0-default", "--to", "staging", ...as("engineer")],
    code: "DIGEST_REQUIRED",
    status: 2,
  },
  {
    what: "no evidence at all",
    args: byEngineer,
    code: "GATE_UNMET",
    status: 3,
    says: /lacks 2 of 6 gates to staging: scan, evaluation/,
  },
  {
    what: "the evidence of another release",
    prepare: async (work, { fresh, championEvaluation }) => {
      await waiveScan(work, fresh);
      await borrowEvidence(work, { bundle: championEvaluation, for: fresh });
    },
    args: byEngineer,
    code: "GATE_UNMET",
    status: 3,
    says: /lacks 1 of 6 gates to staging: evaluation/,
  },
  {
    what: "an evaluation that was not compared with the champion",
    prepare: async (work, { fresh }) => {
      await waiveScan(work, fresh);
      await evaluate(work, fresh, "1.2.0");
    },
    args: byEngineer,
    code: "GATE_UNMET",
    status: 3,
    says: /was not compared with the champion 1\.0\.0/,
  },
  {
    what: "a failed evaluation behind one that passed",
    prepare: async (work, { fresh, champion }) => {
      await waiveScan(work, fresh);
      await evaluate(work, fresh, "1.2.0", "--baseline", champion);
      const results = resultsOf("1.2.0");
      await replaceIn(join(work, results), /(?<="exact_match,strict-match": )[\d.]+/, "0.5");
      const again = ["eval-gate", fresh, "--results", results, ...as("evaluator"), "--baseline", champion];
      if ((await slipway(again, work)).code !== 3) throw new Error("the second evaluation did not fail");
    },
    args: byEngineer,
    code: "GATE_UNMET",
    status: 3,
    says: /FAILED by .*nothing supersedes it/,
  },
  {
    what: "an evaluation that the builder signed",
    prepare: async (work, { fresh, champion }) => {
      await waiveScan(work, fresh);
      const own = ["eval-gate", fresh, "--results", resultsOf("1.2.0"), ...as("builder")];
      await succeed([...own, "--baseline", champion, "--baseline-key", "keys/evaluator.pub"], work);
    },
    args: byEngineer,
    code: "GATE_UNMET",
    status: 3,
    says: /1 of 6 gates to staging: evaluation/,
  },
  {
    what: "a waiver that has run out",
    prepare: async (work, { fresh }) => {
      const end = new Date(Date.now() + 2000);
      await waiveScan(work, fresh, end.toISOString());
      await setTimeout(end.getTime() - Date.now() + 1);
    },
    args: byEngineer,
    code: "GATE_UNMET",
    status: 3,
    says: /scan: .*ran out on/,
  },
  {
    what: "a waiver for longer than the policy lets it hold",
    prepare: (work, { fresh }) => waiveScan(work, fresh, dayAfter(60)),
    args: byEngineer,
    code: "GATE_UNMET",
    status: 3,
    says: /scan: .*and the policy allows/,
  },
  {
    what: "a retirement without a replacement",
    args: ({ champion }) => ["promote", champion, "--to", "retired", ...as("lead"), "--sunset", dayAfter(9)],
    code: "RETIREMENT_INVALID",
    status: 2,
  },
  {
    what: "a join of a chain that is whole",
    args: ({ staged }) => ["promote", staged, "--to", "production", ...as("lead"), "--resolve"],
    code: "NOTHING_TO_RESOLVE",
    status: 2,
  },
  {
    what: "a ledger that takes no push",
    prepare: async (work, { fresh, champion }) => {
      await waiveScan(work, fresh);
      await evaluate(work, fresh, "1.2.0", "--baseline", champion);
      await rejectPushes(work);
    },
    args: byEngineer,
    code: "PUSH_REJECTED",
    status: 3,
    says: /Only on Tuesdays/,
  },
];
