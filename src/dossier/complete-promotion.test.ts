import { beforeAll, describe, expect, it } from "vitest";
import { Scene } from "../../test/support/dossier-scene.ts";
import { Crash } from "../../test/support/lifecycle-world.ts";
import { expectError, thrownBy } from "../../test/support/refusal.ts";
import { rememberSignatures } from "../../test/support/remembered-signatures.ts";
import { predicateType, readPredicate } from "../evidence/index.ts";
import { annotation, hexOf, maxManifestBytes, parseManifest } from "../oci/index.ts";
import { parseTag } from "../release/index.ts";
import type { PromotionOutcome } from "./promote-release.ts";

beforeAll(rememberSignatures);

/** What lies in the store and the ledger about one release, by what it is. */
async function look(scene: Scene, version = "1.0.0") {
  const { chain, dossier } = await scene.look(version);
  const tags = (await scene.store.list()).flatMap(({ tag }) => {
    const parsed = parseTag(tag ?? "");
    return "version" in parsed && parsed.version === version ? [parsed] : [];
  });
  return {
    state: chain.state,
    uncopied: chain.uncopied.length,
    ledger: dossier.links.ledger?.map(({ promotion }) => promotion.to),
    store: dossier.links.store?.map(({ promotion }) => promotion.to).toSorted(),
    copies: tags.flatMap((tag) => (tag.kind === "evidence" && tag.check === "link" ? [tag.run.split("-")[0]] : [])),
    summaries: dossier.evidence
      .flatMap((item) => readPredicate("verificationSummary", item) ?? [])
      .flatMap(({ verifiedLevels }) => verifiedLevels),
    hints: tags.flatMap((tag) => (tag.kind === "state" ? [tag.state] : [])),
  };
}

const toProduction = { by: "lena", run: "8", at: "2026-06-02T12:00:00Z" } as const;

/** A release in staging, and how many writes bring it to production. */
async function staged(ledger: boolean): Promise<{ scene: Scene; writes: number }> {
  const scene = await Scene.open({ ledger });
  await scene.promote("staging", { by: "erin" });
  const counted = scene.copy();
  let writes = 0;
  counted.store.beforeWrite = () => {
    writes += 1;
  };
  if (counted.ledger !== undefined) counted.ledger.beforeWrite = counted.store.beforeWrite;
  await counted.promote("production", toProduction);
  return { scene, writes };
}

describe.each([
  ["with a ledger", true],
  ["in the registry alone", false],
])("a promotion %s", (_, ledger) => {
  const end = {
    state: "production",
    uncopied: 0,
    ledger: ledger ? ["staging", "production"] : undefined,
    store: ["production", "staging"],
    copies: ["1", "2"],
    summaries: ["SLIPWAY_STAGE_STAGING", "SLIPWAY_STAGE_PRODUCTION"],
    hints: ["production"],
  };

  it("leaves the link, one copy of it, one summary, and a hint that has moved", async () => {
    const { scene } = await staged(ledger);
    await scene.promote("production", toProduction);
    expect(await look(scene)).toEqual(end);
  });

  it("cut off at any write and run again, by any later run, ends the same", async () => {
    const { scene, writes } = await staged(ledger);
    expect(writes).toBe(ledger ? 9 : 8);
    for (let number = 1; number <= writes; number += 1) {
      const cut = scene.copy();
      cut.crashAt(number);
      expect(await thrownBy(() => cut.promote("production", toProduction))).toBeInstanceOf(Crash);
      const again = cut.copy();
      const outcome = await again.promote("production", { by: "lena", run: "9", at: "2026-06-03T12:00:00Z" });
      // The link is the first thing of all that is there: before it nothing has happened, and after it everything has.
      const decided = number > (ledger ? 1 : 3);
      expect([number, outcome.kind]).toEqual([number, decided ? "present" : "promoted"]);
      expect([number, await look(again)]).toEqual([number, end]);
      // And the same attempt itself, tried once more.
      const retried = cut.copy();
      await retried.promote("production", toProduction);
      expect([number, await look(retried)]).toEqual([number, end]);
    }
  });

  it("cut off twice, at any two writes, ends the same", async () => {
    const { scene, writes } = await staged(ledger);
    for (let first = 1; first <= writes; first += 1) {
      const once = scene.copy();
      once.crashAt(first);
      await thrownBy(() => once.promote("production", toProduction));
      for (let second = 1; second <= writes; second += 1) {
        const twice = once.copy();
        twice.crashAt(second);
        await twice.promote("production", { by: "lena", run: "9", at: "2026-06-03T12:00:00Z" }).catch(() => {});
        const again = twice.copy();
        await again.promote("production", { by: "lena", run: "10", at: "2026-06-04T12:00:00Z" });
        expect([first, second, await look(again)]).toEqual([first, second, end]);
      }
    }
  });

  it("run again and again, writes nothing", async () => {
    const { scene } = await staged(ledger);
    await scene.promote("production", toProduction);
    const tags = await scene.store.list();
    scene.store.beforeWrite = (what) => {
      if (what === "announce") throw new Error("something was announced");
    };
    for (const run of ["9", "10"]) {
      const outcome = await scene.promote("production", { by: "lena", run });
      expect(outcome).toMatchObject({ kind: "present", link: { promotion: { run: { id: "8" } } } });
    }
    expect(await scene.store.list()).toEqual(tags);
  });
});

it("copies a link as the same bytes, whoever completes it and whenever", async () => {
  const scene = await Scene.open();
  scene.crashAt(2);
  await thrownBy(() => scene.promote("staging", { by: "erin" }));
  const copies = [];
  for (const act of [
    { by: "erin", run: "7", at: "2026-06-01T12:00:00Z" },
    { by: "emil", run: "9", at: "2026-06-09T12:00:00Z" },
    { by: "lena", run: "10", at: "2027-01-01T12:00:00Z" },
  ] as const) {
    const completed = scene.copy();
    await completed.promote("staging", act);
    const copy = (await completed.store.list()).find(({ tag }) => tag?.includes("_link."))?.descriptor;
    if (copy === undefined) throw new Error("the link was not copied");
    copies.push(copy.digest);
    const { annotations } = parseManifest(await completed.store.fetch(copy, maxManifestBytes), "it");
    // The time of the link, not of the copy.
    expect(annotations?.[annotation.created]).toBe("2026-06-01T12:00:00Z");
  }
  expect(new Set(copies).size).toBe(1);
});

it("brings the next promotion along with links that were never copied", async () => {
  const scene = await Scene.open();
  scene.crashAt(2);
  await thrownBy(() => scene.promote("staging", { by: "erin" }));
  const later = scene.copy();
  expect((await later.look()).chain).toMatchObject({ state: "staging", uncopied: [{ promotion: { sequence: 1 } }] });
  const outcome = await later.promote("production", toProduction);
  expect(outcome.kind).toBe("promoted");
  expect(await look(later)).toMatchObject({ uncopied: 0, store: ["production", "staging"], hints: ["production"] });
});

describe("the summary", () => {
  it("is of the link, the waivers and the evidence that it was decided on, under the policy", async () => {
    const scene = await Scene.open();
    const outcome = promoted(await scene.promote("staging", { by: "erin" }));
    const { dossier } = await scene.look();
    const summary = dossier.evidence.find((item) => item.predicateType === predicateType.verificationSummary);
    expect(summary?.signer.name).toBe("erin");
    expect(summary?.predicate).toEqual({
      verifier: { id: "urn:slipway:promote" },
      timeVerified: "2026-06-01T12:00:00.000Z",
      resourceUri: `oci://retina/seg@${scene.subject().digest}?stage=staging`,
      policy: { digest: { sha256: hexOf(scene.inForce.policy.digest) } },
      inputAttestations: [{ digest: { sha256: hexOf(outcome.link.statement) } }],
      verificationResult: "PASSED",
      verifiedLevels: ["SLIPWAY_STAGE_STAGING"],
      slsaVersion: "1.1",
    });
  });

  it("is never signed by somebody who could not have promoted; whoever could adds it later", async () => {
    const scene = await Scene.open();
    scene.crashAt(2);
    await thrownBy(() => scene.promote("staging", { by: "erin" }));
    const completed = scene.copy();
    for (const by of ["ci", "judge", "lena"] as const) await completed.promote("staging", { by, run: by });
    expect(await look(completed)).toMatchObject({ state: "staging", copies: ["1"], hints: ["staging"], summaries: [] });
    await completed.promote("staging", { by: "emil", run: "11" });
    expect(await look(completed)).toMatchObject({ summaries: ["SLIPWAY_STAGE_STAGING"] });
  });

  it("of another stage does not stand in for it", async () => {
    const scene = await Scene.open();
    await scene.promote("staging", { by: "erin" });
    await scene.promote("production", toProduction);
    await scene.promote("revoked", { by: "sam", run: "9" });
    expect(await look(scene)).toMatchObject({
      summaries: ["SLIPWAY_STAGE_STAGING", "SLIPWAY_STAGE_PRODUCTION", "SLIPWAY_STAGE_REVOKED"],
      hints: ["revoked"],
    });
  });
});

it("moves the hints of this release and of no other", async () => {
  const scene = await Scene.open({ versions: ["1.0.0", "1.1.0"] });
  await scene.promote("staging", { by: "erin", version: "1.1.0" });
  await scene.promote("staging", { by: "erin" });
  await scene.promote("production", toProduction);
  expect((await look(scene, "1.1.0")).hints).toEqual(["staging"]);
  const hint = await scene.store.resolve({ tag: "1.0.0-jetson_production" });
  expect(hint.digest).toBe(scene.subject().digest);
  expect(parseManifest(await scene.store.fetch(hint, maxManifestBytes), "it").subject).toBeUndefined();
});

it.each([
  ["a link, when Git is what orders them", true, (hex: string) => `link.1-${hex}.1`],
  ["a summary", true, (hex: string) => `vsa-staging-${hex}.7.1`],
  ["a summary, in the registry alone", false, (hex: string) => `vsa-staging-${hex}.7.1`],
])("does not call it a lost race when the store refuses %s", async (_, ledger, what) => {
  const scene = await Scene.open({ ledger });
  // The same run at the same time makes the same link.
  const { link } = promoted(await scene.copy().promote("staging", { by: "erin" }));
  const other = await scene.store.fetch(scene.subject(), maxManifestBytes);
  await scene.store.addManifest(other, `1.0.0-jetson_${what(hexOf(link.statement).slice(0, 8))}`);
  await expectError("IMMUTABLE_CONFLICT", () => scene.promote("staging", { by: "erin" }));
});

function promoted(outcome: PromotionOutcome) {
  if (outcome.kind === "refused") throw outcome.refusal;
  return outcome;
}
