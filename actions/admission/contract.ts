import { defineStep, input, output } from "../../src/contract/index.ts";

export const contract = defineStep({
  name: "admission",
  summary: "Write the policies by which a cluster refuses images that the release policy does not permit.",
  details: [
    "For every image of a pattern the policies demand a signature by the role that signs releases, and the signed verification summary of a stage that the environment permits, by a role that may authorise it: as a Kyverno ClusterPolicy, and as ClusterImagePolicies of sigstore's policy-controller.",
    "Keys and identities are those that are in force now. Whoever is left out, and what an engine cannot express, stands at the top of each file; what that means is in `deploy/admission/README.md`. Files that were written before are written again; nothing else in the directory is touched.",
  ].join("\n\n"),
  hosts: ["cli"],
  inputs: {
    policy: input.path({
      description: "The release policy.",
      default: "release-policy.yaml",
      example: "release-policy.yaml",
    }),
    environment: input.string({
      description: "Environment of the policy that the cluster is.",
      required: true,
      example: "production",
    }),
    images: input.string({
      description:
        "Image repositories to cover, with the registry's host and without tags; `*` is within a part of the path, `**` any number of parts.",
      required: true,
      example: "registry.example.com/models/**",
    }),
    engine: input.choice(["kyverno", "policy-controller", "all"], {
      description: "Engine to write policies for.",
      default: "all",
    }),
    "namespace-label": input.string({
      description: "Label `name=value` of the namespaces to look at; without it, all that the engine looks at.",
      example: "environment=production",
    }),
    output: input.path({ description: "Directory to write the files into.", default: "deploy/admission" }),
  },
  outputs: {
    files: output.string({ description: "The files that were written, separated by commas." }),
    "left-out": output.number({ description: "Keys and identities that are not in force and so do not count." }),
  },
});
