import { join, relative } from "node:path";
import {
  type AdmissionFile,
  admissionFiles,
  type Demand,
  demandsOf,
  engines,
  parseImageGlob,
  parseNamespaceLabel,
} from "../../src/admission/index.ts";
import { writeWhole } from "../../src/content/index.ts";
import type { StepRun } from "../../src/contract/index.ts";
import { readPolicy } from "../../src/dossier/index.ts";
import { reason } from "../../src/errors/index.ts";
import { declaredEnvironment } from "../../src/gitops/index.ts";
import type { contract } from "./contract.ts";
import { admissionStepError } from "./errors.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const { policy } = await readPolicy(inputs.policy);
  const now = host.now();
  const demands = demandsOf(policy, declaredEnvironment(policy, inputs.environment), now);
  const label = inputs["namespace-label"];
  const request = {
    policy: { file: relative(host.directory, inputs.policy), digest: policy.digest },
    demands,
    images: parseImageGlob(inputs.images),
    namespaceLabel: label === undefined ? undefined : parseNamespaceLabel(label),
    trustedRoot: policy.trustedRoot,
    now,
  };
  const files = admissionFiles(request, inputs.engine === "all" ? engines : [inputs.engine]);
  for (const file of files) await write(inputs.output, file);

  const { signature, summary } = demands;
  const leftOut = [...new Set([...signature.leftOut, ...(summary?.leftOut ?? [])])];
  for (const clause of leftOut) host.warn(`left out: ${clause}`);
  const written = files.map(({ name }) => relative(host.directory, join(inputs.output, name)));
  return {
    outputs: { files: written.join(","), "left-out": leftOut.length },
    summary: {
      title: `Wrote what a cluster needs to know of ${demands.environment}`,
      facts: [
        { label: "images", value: inputs.images, code: true },
        { label: "signed by", value: who(signature) },
        {
          label: "promoted by",
          value: summary === undefined ? "nobody need be: the environment permits any state" : who(summary),
        },
        ...(summary === undefined ? [] : [{ label: "stage", value: summary.state }]),
        ...written.map((value) => ({ label: "wrote", value, code: true })),
        ...leftOut.map((value) => ({ label: "left out", value })),
        { label: "not covered", value: "revocations, holds and retirement; the top of each file says the rest" },
      ],
    },
  };
};

function who({ roles, keys, identities }: Demand): string {
  return `${[...keys, ...identities].map(({ name }) => name).join(", ") || "nobody"} (${roles.join(", ")})`;
}

async function write(directory: string, { name, text }: AdmissionFile): Promise<void> {
  try {
    await writeWhole(join(directory, name), text);
  } catch (cause) {
    throw admissionStepError("POLICIES_UNWRITABLE", `cannot write ${name}: ${reason(cause)}`, { cause });
  }
}
