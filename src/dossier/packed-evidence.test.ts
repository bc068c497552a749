import { expect, it } from "vitest";
import { Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import type { Chain } from "../lifecycle/index.ts";
import { withPacked } from "./packed-evidence.ts";
import { promoteRelease } from "./promote-release.ts";

const note = "https://example.com/note/v1";

/** A promoted release with two notes, of which the last link stands on the first; the store has lost both. */
async function scene() {
  const at = await Scene.open();
  const used = await at.state(note, { number: 1 }, { by: "judge", tag: "1" });
  const other = await at.state(note, { number: 2 }, { by: "judge", tag: "2" });
  await at.promote("staging", { by: "erin" });
  const { dossier, chain } = await at.look();
  const evidence = [{ gate: "note", statement: used.statement, finding: "it is there" }];
  const links = chain.links.map((link) => ({ ...link, promotion: { ...link.promotion, evidence } }));
  const standing: Chain = { ...chain, links };
  const lost = new Set([used.statement, other.statement]);
  const bare = { ...dossier, evidence: dossier.evidence.filter(({ statement }) => !lost.has(statement)) };
  return { at, used, dossier, bare, chain: standing };
}

it("brings back what the last link stands on, and nothing else", async () => {
  const { at, used, bare, chain } = await scene();
  const { evidence } = await withPacked(bare, chain, at.ledger, at.inForce.trust);
  expect(evidence.filter((one) => !bare.evidence.includes(one))).toMatchObject([
    { statement: used.statement, predicateType: note, predicate: { number: 1 }, signer: { name: "judge" } },
  ]);
});

it("asks no ledger where nothing is lost, or where there is none", async () => {
  const { at, dossier, bare, chain } = await scene();
  expect(await withPacked(dossier, chain, at.ledger, at.inForce.trust)).toBe(dossier);
  expect(await withPacked(bare, chain, undefined, at.inForce.trust)).toBe(bare);
});

it("a link whose time nobody vouches for is not recorded where times have to be proven", async () => {
  const at = await Scene.open();
  const policy = { ...at.inForce.policy, times: "proven" as const };
  const ports = { store: at.store, ledger: at.ledger, inForce: { ...at.inForce, policy } };
  const situation = await at.look();
  const order = at.order("staging", { by: "erin" });
  await expectError("LINK_UNPROVEN", () => promoteRelease(order, situation, ports));
  expect(await at.ledger?.entries("retina/seg")).toEqual([]);
  expect((await at.look()).chain.state).toBe("experimental");
});
