// Where a step runs: GitHub Actions, Tekton and the command line, each as an adapter of the port `Host`. How a run
// goes, what is masked and what a failure means is written once, in `run-step.ts`; code that only one host needs is
// loaded by that host only. Programs start at `main.ts` and `command-line.ts`; the list of steps is made with what is
// exported here. May import `src/errors`, `src/contract` and `src/report`.

export { stepEntry } from "./step-entry.ts";
