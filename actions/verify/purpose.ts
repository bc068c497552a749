import type { Host, Secret, Table } from "../../src/contract/index.ts";
import { type PolicyInForce, readSituation } from "../../src/dossier/index.ts";
import type { SlipwayError } from "../../src/errors/index.ts";
import type { State } from "../../src/evidence/index.ts";
import { declaredEnvironment, holdsAt, Repositories, readConsumers } from "../../src/gitops/index.ts";
import { type Environment, judgePurpose, type Purpose, type PurposeFinding } from "../../src/lifecycle/index.ts";
import type { Digest, ReadableStore } from "../../src/oci/index.ts";
import { verifyError } from "./errors.ts";

/** What was found about the purpose. */
export interface PurposeVerdict {
  readonly state: State;
  readonly findings: readonly PurposeFinding[];
  readonly refusal: SlipwayError | undefined;
}

/** @throws SlipwayError ENVIRONMENT_NEEDED, ENVIRONMENT_UNKNOWN; what the store, the ledger and the chain throw */
export async function verifyPurpose(
  purpose: Purpose,
  inForce: PolicyInForce,
  store: ReadableStore,
  digest: Digest,
  inputs: {
    readonly policy: string;
    readonly environment: string | undefined;
    readonly "git-token": Secret | undefined;
  },
  host: Host,
): Promise<PurposeVerdict> {
  const { policy } = inForce;
  const environment = environmentOf(purpose, inForce, inputs.environment);
  await using repositories = Repositories.of(inputs.policy, host, { token: inputs["git-token"] });
  const ledger = await repositories.ledger(policy);
  const { dossier, chain, siblings } = await readSituation({ digest }, store, ledger, inForce);
  const consumers = purpose === "promote" ? await readConsumers(policy, repositories) : undefined;
  const held = environment === undefined ? [] : await holdsIn(environment, inForce, repositories, dossier);
  const context = { dossier, chain, policy, environment, held, siblings, consumers, now: host.now() };
  return { state: chain.state, ...judgePurpose(purpose, context) };
}

export function purposeTable({ findings }: PurposeVerdict): Table {
  return {
    title: "Rules",
    columns: [{ name: "rule" }, { name: "verdict" }, { name: "what was found" }],
    rows: findings.map(({ rule, ok, warning, finding }) => [
      rule,
      ok ? (warning === true ? "! warning" : "✓ holds") : "✗ refused",
      finding,
    ]),
  };
}

function environmentOf(purpose: Purpose, { policy }: PolicyInForce, name: string | undefined): Environment | undefined {
  if (name !== undefined) return declaredEnvironment(policy, name);
  if (purpose !== "deploy" && purpose !== "rollback") return undefined;
  const known = [...policy.environments.keys()].join(", ") || "none";
  throw verifyError("ENVIRONMENT_NEEDED", `to verify for ${purpose} an environment is needed; the policy has ${known}`);
}

async function holdsIn(
  { name, repository, branch }: Environment,
  { policy }: PolicyInForce,
  repositories: Repositories,
  release: { readonly name: string; readonly variant: string },
) {
  const remote = {
    repository: repository ?? policy.ledger?.repository,
    branch: branch ?? policy.ledger?.branch ?? "main",
  };
  if (remote.repository === undefined) return [];
  const open = await repositories.open({ repository: remote.repository, branch: remote.branch });
  return holdsAt(await open.snapshot(), name, release.name, release.variant);
}
