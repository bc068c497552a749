import { ContentPool, writeWhole } from "../../src/content/index.ts";
import { reachOf, type StepRun } from "../../src/contract/index.ts";
import { readPolicy } from "../../src/dossier/index.ts";
import { reason } from "../../src/errors/index.ts";
import { environmentIn, Repositories, readPinned } from "../../src/gitops/index.ts";
import { openStore, parseReference } from "../../src/oci/index.ts";
import { type AuditReport, auditPage, auditSummary } from "../../src/report/index.ts";
import { auditPointer } from "./collect.ts";
import type { contract } from "./contract.ts";
import { auditError } from "./errors.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const inForce = await readPolicy(inputs.policy);
  const { policy } = inForce;
  const environment = environmentIn(policy, inputs.environment);
  const reach = reachOf(inputs, host);
  await using pool = new ContentPool({ signal: host.signal });
  await using repositories = Repositories.of(inputs.policy, host, { token: inputs["git-token"] });
  const snapshot = await (await repositories.open(environment.remote)).snapshot();
  const ledger = await repositories.ledger(policy);
  const now = host.now();
  const audits = [];
  for (const pointer of environment.pointers) {
    if (inputs.model !== undefined && pointer.name !== inputs.model) continue;
    const sources = {
      inForce,
      environment,
      snapshot,
      now,
      read: (pin: Parameters<typeof readPinned>[0]) =>
        readPinned(pin, pointer, {
          openStore: () => openStore(parseReference(pin.uri, host.directory), { pool, signal: host.signal, reach }),
          ledger,
          inForce,
        }),
    };
    audits.push(await auditPointer(pointer, sources));
  }
  const report: AuditReport = {
    generatedAt: new Date((host.sourceDateEpoch ?? Math.floor(now.getTime() / 1000)) * 1000).toISOString(),
    environment: environment.name,
    repository: environment.remote.repository,
    branch: environment.remote.branch,
    commit: snapshot.commit ?? "",
    policy: policy.digest,
    source: audits.some(({ fromGit }) => fromGit) ? "Git only" : "registry and Git",
    pointers: audits.map(({ audited }) => audited),
    problems:
      audits.length > 0
        ? []
        : [`${environment.name} has no pointer${inputs.model === undefined ? "" : ` for ${inputs.model}`}`],
  };
  if (inputs.page !== undefined) await write(inputs.page, auditPage(report));
  if (inputs.report !== undefined) await write(inputs.report, `${JSON.stringify(report, undefined, 2)}\n`);
  const wrong = report.pointers.filter(({ problem, verdict }) => problem !== undefined || !verdict.ok).length;
  return {
    outputs: {
      pointers: report.pointers.length,
      problems: wrong + report.problems.length,
      commit: report.commit,
      source: report.source,
    },
    summary: auditSummary(report),
  };
};

/** @throws SlipwayError REPORT_UNWRITABLE */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text);
  } catch (cause) {
    throw auditError("REPORT_UNWRITABLE", `cannot write ${path}: ${reason(cause)}`, { cause });
  }
}
