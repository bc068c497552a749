import { beforeAll, describe, expect, it } from "vitest";
import { Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { rememberSignatures } from "../../test/support/remembered-signatures.ts";
import { attachStatement, fetchBundle } from "../signing/index.ts";
import type { PromotionOutcome } from "./promote-release.ts";

/* The chain in the registry alone, for a policy that names no ledger (DESIGN 5.5). */

beforeAll(rememberSignatures);

function linkOf(outcome: PromotionOutcome) {
  if (outcome.kind === "refused") throw outcome.refusal;
  return outcome.link;
}

/** Brings the links of another copy of the store along, as a tool does that copies referrers and not their tags. */
async function union(scene: Scene, other: Scene): Promise<void> {
  const subject = scene.subject();
  const known = new Set((await scene.store.list()).map(({ descriptor }) => descriptor.digest));
  for (const { tag, descriptor } of await other.store.list()) {
    if (known.has(descriptor.digest) || !tag?.includes("_link.")) continue;
    const bundle = await fetchBundle(other.store, subject.digest, descriptor.digest);
    const created = new Date("2026-06-05T00:00:00Z");
    const copy = `1.0.0-jetson_copy.${descriptor.digest.slice(7, 15)}.1`;
    await attachStatement(scene.store, {
      format: "bundle",
      subject,
      bundle,
      predicateType: "urn:slipway:promotion:v1",
      tag: copy,
      created,
    });
  }
}

describe("of two promotions to the same state, by two runs that saw the same", () => {
  it.each([
    ["one after the other", false],
    ["at once", true],
  ])("exactly one wins, %s", async (_, atOnce) => {
    const scene = await Scene.open({ ledger: false });
    const seen = await scene.look();
    const runs = [
      () => scene.promote("staging", { by: "erin", run: "1", seen }),
      () => scene.promote("staging", { by: "emil", run: "2", seen }),
    ];
    const ended: PromiseSettledResult<PromotionOutcome>[] = [];
    if (atOnce) ended.push(...(await Promise.allSettled(runs.map((promote) => promote()))));
    else for (const promote of runs) ended.push(...(await Promise.allSettled([promote()])));
    expect(ended).toMatchObject([
      { status: "fulfilled", value: { kind: "promoted", commit: undefined, leftOut: 0 } },
      { status: "rejected", reason: { code: "STATE_MOVED", family: "refused" } },
    ]);
    const { chain, dossier } = await scene.look();
    expect([chain.state, chain.links.length, dossier.links.store?.length]).toEqual(["staging", 1, 1]);
    expect(chain.links[0]?.signer.name).toBe("erin");
    // The loser looks again, and finds it done.
    const again = await scene.promote("staging", { by: "emil", run: "2" });
    expect(again).toMatchObject({ kind: "present", link: { statement: chain.head } });
  });

  it("to two different states, too: the one that comes second follows nothing", async () => {
    const scene = await Scene.open({ ledger: false });
    await scene.promote("staging", { by: "erin" });
    const seen = await scene.look();
    await scene.promote("production", { by: "lena", run: "8", seen });
    await expectError("STATE_MOVED", () => scene.promote("revoked", { by: "sam", run: "9", seen }));
    expect((await scene.look()).chain.state).toBe("production");
    await scene.promote("revoked", { by: "sam", run: "9" });
    expect((await scene.look()).chain.links.map(({ promotion }) => promotion.sequence)).toEqual([1, 2, 3]);
  });
});

describe("a fork, when two copies of a store went on and were brought together", () => {
  it("is noticed, and stops every promotion of this model", async () => {
    const scene = await Scene.open({ ledger: false, versions: ["1.0.0", "1.1.0"] });
    const other = scene.copy();
    const one = linkOf(await scene.promote("staging", { by: "erin", run: "1" }));
    const two = linkOf(await other.promote("staging", { by: "emil", run: "2" }));
    await union(scene, other);
    const error = await expectError("CHAIN_FORKED", () => scene.promote("production", { by: "lena" }));
    expect(error.details.toSorted()).toEqual(
      [one, two].map(({ statement }) => `ends with link 1 ${statement}, experimental → staging`).toSorted(),
    );
    expect(error.remedy).toContain("promote --resolve");
    await expectError("CHAIN_FORKED", () => scene.promote("staging", { by: "erin", version: "1.1.0" }));
  });

  it("is none when both have the same links", async () => {
    const scene = await Scene.open({ ledger: false });
    await scene.promote("staging", { by: "erin", run: "1" });
    const other = scene.copy();
    await other.promote("production", { by: "lena", run: "2" });
    await union(scene, other);
    expect((await scene.look()).chain.state).toBe("production");
  });

  it("a link whose parent was left behind is a gap", async () => {
    const scene = await Scene.open({ ledger: false });
    const other = scene.copy();
    await other.promote("staging", { by: "erin", run: "1" });
    const behind = other.copy();
    await other.promote("production", { by: "lena", run: "2" });
    const first = new Set((await behind.store.list()).map(({ descriptor }) => descriptor.digest));
    const list = async () =>
      (await other.copy().store.list()).filter(({ descriptor }) => !first.has(descriptor.digest));
    Object.assign(other.store, { list });
    await union(scene, other);
    await expectError("CHAIN_GAP", () => scene.look());
  });
});

it("a last link that was deleted is what cannot be noticed: the release is what it was before", async () => {
  const scene = await Scene.open({ ledger: false });
  await scene.promote("staging", { by: "erin", run: "1" });
  const before = scene.copy();
  await scene.promote("production", { by: "lena", run: "2" });
  expect((await before.look()).chain.state).toBe("staging");
});
