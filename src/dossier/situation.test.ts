import { expect, it } from "vitest";
import { Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { digestOf } from "../oci/index.ts";
import { readSituation } from "./situation.ts";

it("is a release with its chain, its siblings, and its own entries of the ledger", async () => {
  const scene = await Scene.open({ versions: ["1.0.0", "1.1.0"] });
  await scene.promote("staging", { by: "erin" });
  await scene.promote("staging", { by: "erin", version: "1.1.0" });
  await scene.promote("production", { by: "lena", version: "1.1.0" });
  const { release, dossier, chain, siblings, entries } = await scene.look();
  expect(release.subject.digest).toBe(scene.subject().digest);
  expect(release.form.name).toBe("retina/seg");
  expect(dossier.version).toBe("1.0.0");
  expect([chain.state, chain.links.length, chain.uncopied]).toEqual(["staging", 1, []]);
  expect(siblings.map(({ version, chain: { state } }) => [version, state])).toEqual([
    ["1.0.0", "staging"],
    ["1.1.0", "production"],
  ]);
  expect(entries?.map(({ path }) => path)).toEqual(["retina/seg/1.0.0-jetson/1"]);
});

it("has no entries where there is no ledger", async () => {
  const scene = await Scene.open({ ledger: false });
  await scene.promote("staging", { by: "erin" });
  const { chain, entries } = await scene.look();
  expect([chain.state, entries]).toEqual(["staging", undefined]);
});

it.each([
  ["a tag that points elsewhere", "TAG_MISMATCH", { tag: "1.1.0-jetson" }],
  ["a tag that is not there", "NOT_FOUND", { tag: "1.2.0-jetson" }],
  ["a digest that is not there", "NOT_FOUND", { digest: digestOf("nothing") }],
])("is refused for %s", async (_, code, name) => {
  const { store, ledger, inForce, ...scene } = await opened();
  await expectError(code, () => readSituation({ digest: scene.digest, ...name }, store, ledger, inForce));
});

async function opened() {
  const scene = await Scene.open({ versions: ["1.0.0", "1.1.0"] });
  const { store, ledger, inForce } = scene;
  return { store, ledger, inForce, digest: scene.subject().digest };
}

it("does not trust a ledger that lost what the store still has", async () => {
  const scene = await Scene.open();
  const before = scene.ledger?.copy();
  await scene.promote("staging", { by: "erin" });
  const { digest } = scene.subject();
  const { details } = await expectError("CHAIN_DIVERGED", () =>
    readSituation({ digest }, scene.store, before, scene.inForce),
  );
  expect(details).toEqual([expect.stringMatching(/^only in the store: link 1 .*experimental → staging/)]);
});

it("does not go by the store when the policy's ledger was not read", async () => {
  const scene = await Scene.open();
  await scene.promote("staging", { by: "erin" });
  const { digest } = scene.subject();
  await expectError("CHAIN_UNREADABLE", () => readSituation({ digest }, scene.store, undefined, scene.inForce));
});
