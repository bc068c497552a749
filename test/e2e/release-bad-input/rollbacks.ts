import { as, toProduction } from "../../support/release-scene.ts";
import type { Row } from "./row.ts";
import { malformedHold, rejectPushes, withoutPin } from "./wrong-pointers.ts";

const rollback =
  (...more: readonly string[]): Row["args"] =>
  () => ["rollback", "tiny-llm", ...toProduction, "--reason", "Because", ...more];

/** What may not be gone back to, and who may not go back. */
export const rollbackRows: readonly Row[] = [
  {
    what: "rolling back the first release that ran",
    args: rollback(...as("engineer")),
    code: "ROLLBACK_NO_CANDIDATE",
    status: 3,
    says: /nothing ran here before/,
  },
  {
    what: "rolling back to nothing but what is held",
    at: "rolledBack",
    args: rollback(...as("engineer"), "--to", "1.1.0"),
    code: "ROLLBACK_NO_CANDIDATE",
    status: 3,
    says: /1\.1\.0 sha256:\S+ it is held: Latency/,
  },
  {
    what: "rolling back a second time in the window",
    at: "rolledBack",
    args: rollback(...as("engineer")),
    code: "ROLLBACK_TOO_SOON",
    status: 3,
    says: /window is 60 min/,
  },
  {
    what: "rolling back to a version that never ran",
    at: "replaced",
    args: rollback(...as("engineer"), "--to", "1.2.0"),
    code: "ROLLBACK_TARGET_UNKNOWN",
    status: 3,
    says: /1\.2\.0 never ran/,
  },
  {
    what: "rolling back where nothing runs",
    prepare: withoutPin,
    args: rollback(...as("engineer")),
    code: "ROLLBACK_NOTHING_RUNS",
    status: 3,
  },
  { what: "rolling back without a key", at: "replaced", args: rollback(), code: "ROLLBACK_KEY_NEEDED", status: 2 },
  {
    what: "rolling back by somebody without the role",
    at: "replaced",
    args: rollback(...as("builder")),
    code: "MOVER_REQUIRED",
    status: 3,
  },
  {
    what: "rolling back by a stranger",
    at: "replaced",
    args: rollback(...as("stranger")),
    code: "MOVER_UNKNOWN",
    status: 3,
  },
  {
    what: "rolling back a model that is not deployed",
    at: "replaced",
    args: () => ["rollback", "tiny-lm", ...toProduction, ...as("engineer"), "--reason", "Because"],
    code: "POINTER_UNDECLARED",
    status: 2,
    says: /tiny-lm/,
  },
  {
    what: "rolling back with a hold that is malformed",
    at: "replaced",
    prepare: malformedHold,
    args: rollback(...as("engineer")),
    code: "HOLD_UNREADABLE",
    status: 3,
  },
  {
    what: "rolling back in a repository that takes no push",
    at: "replaced",
    prepare: rejectPushes,
    args: rollback(...as("engineer")),
    code: "PUSH_REJECTED",
    status: 3,
  },
  {
    what: "auditing an unknown environment",
    args: () => ["audit", "prod"],
    code: "ENVIRONMENT_UNKNOWN",
    status: 2,
  },
  {
    what: "auditing into a page that cannot be written",
    args: () => ["audit", "production", "--page", "model.yaml/index.html"],
    code: "REPORT_UNWRITABLE",
    status: 2,
  },
];
