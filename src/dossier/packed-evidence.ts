import { type Chain, type Dossier, type Evidence, type Ledger, lacksEvidence } from "../lifecycle/index.ts";
import { variantTag } from "../release/index.ts";
import { EvidencePack } from "./evidence-pack.ts";
import { acceptedEvidence } from "./read-dossier.ts";
import type { Trust } from "./trust.ts";

/**
 * A dossier with the statements that its last link stands on, that the store has lost, and that the ledger's pack still
 * has. Only those: what else lies in a pack may have been taken back since.
 *
 * @throws SlipwayError what the ledger throws
 */
export async function withPacked(
  dossier: Dossier,
  chain: Chain,
  ledger: Ledger | undefined,
  trust: Trust,
): Promise<Dossier> {
  if (ledger === undefined || !lacksEvidence(dossier, chain)) return dossier;
  const release = variantTag(dossier.version, dossier.variant);
  const pack = new EvidencePack(
    `the evidence pack of ${dossier.name} ${release} in ${ledger.label}`,
    await ledger.pack(dossier.name, release),
  );
  const { evidence = [], waivers = [] } = chain.links.at(-1)?.promotion ?? {};
  const wanted = new Set([...evidence, ...waivers].map(({ statement }) => statement));
  const known = new Set(dossier.evidence.map(({ statement }) => statement));
  const { accepted } = await acceptedEvidence(pack, dossier.subject, trust);
  const found = accepted.filter(({ statement }: Evidence) => wanted.has(statement) && !known.has(statement));
  return { ...dossier, evidence: [...dossier.evidence, ...found] };
}
