import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";

export const contract = defineStep({
  name: "audit",
  summary: "Answer for an environment: which model runs, where did it come from, who approved it?",
  details: [
    "For each pointer of the environment: what runs, since when and by which commit; who approved it, in which role and on which evidence; the evaluation with its numbers; the run, the data and the code that made it; what was waived; what it replaced, and how to go back.",
    "Everything is read from signed statements: the pointer's events and the promotion links in Git, and the evidence in the release's store or, when that is out of reach, in the evidence pack in Git. What cannot be proven is said to be so. Nothing is refused: an auditor is told what is.",
    "`page` is one HTML file that needs no network; `report` is the same as JSON.",
  ].join("\n\n"),
  positional: "environment",
  inputs: {
    environment: input.string({ description: "Environment of the policy.", required: true, example: "production" }),
    policy: input.path({ description: "The release policy.", default: "release-policy.yaml" }),
    model: input.string({ description: "Only this model.", example: "retina/seg" }),
    page: input.path({ description: "Where to write the page.", example: "out/report/index.html" }),
    report: input.path({ description: "Where to write the report as JSON.", example: "out/report/audit.json" }),
    "git-token": input.secretFile({ description: "Token for the repositories over HTTPS." }),
    ...registryInputs,
  },
  outputs: {
    pointers: output.number({ description: "Pointers that were looked at." }),
    problems: output.number({ description: "Pointers whose release is not known, or not as the policy demands." }),
    commit: output.string({ description: "Commit of the repository that was read." }),
    source: output.string({ description: "`registry and Git`, or `Git only`." }),
  },
});
