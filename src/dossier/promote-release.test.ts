import { expect, it } from "vitest";
import { Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { promoteRelease } from "./promote-release.ts";

/* Whole lives of releases are told in promote-release.model.test.ts. */

it.each([
  ["a reason of two lines", { reason: "Fine.\nApproved-By: lena" }],
  ["a reason with a control character", { reason: "Fine\u001b[2J" }],
  ["a reason of more than 1000 characters", { reason: "x".repeat(1001) }],
  ["an advisory of more than 2000 characters", { advisory: "x".repeat(2001) }],
])("writes no link that nobody could read, such as one with %s", async (_, said) => {
  const scene = await Scene.open();
  const { request, ...order } = scene.order("staging", { by: "erin" });
  const situation = await scene.look();
  const tags = await scene.store.list();
  await expectError("LINK_INVALID", () =>
    promoteRelease({ ...order, request: { ...request, ...said } }, situation, scene),
  );
  expect(await scene.ledger?.entries("retina/seg")).toEqual([]);
  expect(await scene.store.list()).toEqual(tags);
});

it.each([
  ["a reason of 1000 characters", { reason: "x".repeat(1000) }],
  ["no reason", { reason: undefined, advisory: undefined }],
])("writes one with %s", async (_, said) => {
  const scene = await Scene.open();
  const { request, ...order } = scene.order("staging", { by: "erin" });
  const situation = await scene.look();
  await promoteRelease({ ...order, request: { ...request, ...said } }, situation, scene);
  expect((await scene.look()).chain.links.map(({ promotion }) => promotion.reason)).toEqual([said.reason]);
});

it("gives the commit, and what the pack had no room for", async () => {
  const scene = await Scene.open();
  await scene.state("https://example.com/sbom/v1", { text: "x".repeat(60_000) }, { by: "ci", tag: "1" });
  expect(await scene.promote("staging", { by: "erin" })).toMatchObject({
    kind: "promoted",
    commit: "commit",
    leftOut: 1,
    decision: { from: "experimental", to: "staging" },
  });
});

it("refuses, and writes nothing, for somebody without the role", async () => {
  const scene = await Scene.open();
  const tags = await scene.store.list();
  const outcome = await scene.promote("staging", { by: "ci" });
  expect(outcome).toMatchObject({ kind: "refused", refusal: { code: "ROLE_REQUIRED" } });
  expect(await scene.store.list()).toEqual(tags);
  expect(await scene.ledger?.entries("retina/seg")).toEqual([]);
});

it("of two who saw the same, the ledger takes one", async () => {
  const scene = await Scene.open();
  const seen = await scene.look();
  await scene.promote("staging", { by: "erin", run: "1", seen });
  await expectError("STATE_MOVED", () => scene.promote("staging", { by: "emil", run: "2", seen }));
  expect((await scene.look()).chain.links.map(({ signer }) => signer.name)).toEqual(["erin"]);
});
