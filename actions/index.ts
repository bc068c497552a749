// The steps. Each has a room: `contract.ts` says what it takes and gives, `step.ts` what it does; `action.yml` and the
// tables of its README are generated. A step imports only the `index.ts` of folders in `src`, and its own files.

import { stepEntry } from "../src/host/index.ts";
import { contract as admission } from "./admission/contract.ts";
import { contract as attest } from "./attest/contract.ts";
import { contract as audit } from "./audit/contract.ts";
import { contract as doctor } from "./doctor/contract.ts";
import { contract as evalGate } from "./eval-gate/contract.ts";
import { contract as init } from "./init/contract.ts";
import { contract as inspect } from "./inspect/contract.ts";
import { contract as packageContract } from "./package/contract.ts";
import { contract as promote } from "./promote/contract.ts";
import { contract as pull } from "./pull/contract.ts";
import { contract as rollback } from "./rollback/contract.ts";
import { contract as sign } from "./sign/contract.ts";
import { contract as updatePointer } from "./update-pointer/contract.ts";
import { contract as verify } from "./verify/contract.ts";

/** Every step, in the order in which a release goes through them. Their code loads when it is chosen. */
export const steps = [
  stepEntry(init, () => import("./init/step.ts")),
  stepEntry(doctor, () => import("./doctor/step.ts")),
  stepEntry(packageContract, () => import("./package/step.ts")),
  stepEntry(sign, () => import("./sign/step.ts")),
  stepEntry(evalGate, () => import("./eval-gate/step.ts")),
  stepEntry(attest, () => import("./attest/step.ts")),
  stepEntry(promote, () => import("./promote/step.ts")),
  stepEntry(verify, () => import("./verify/step.ts")),
  stepEntry(admission, () => import("./admission/step.ts")),
  stepEntry(updatePointer, () => import("./update-pointer/step.ts")),
  stepEntry(rollback, () => import("./rollback/step.ts")),
  stepEntry(audit, () => import("./audit/step.ts")),
  stepEntry(pull, () => import("./pull/step.ts")),
  stepEntry(inspect, () => import("./inspect/step.ts")),
];
