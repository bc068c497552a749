import { describe, expect, it } from "vitest";
import { Scene } from "../../test/support/dossier-scene.ts";
import { addRelease } from "../../test/support/memory-release.ts";
import { expectError } from "../../test/support/refusal.ts";
import { readSiblings } from "./read-siblings.ts";

const versions = ["1.0.0", "1.1.0", "1.2.0"];

async function told({ ledger }: { readonly ledger: boolean }): Promise<Scene> {
  const scene = await Scene.open({ ledger, versions });
  await scene.promote("staging", { by: "erin" });
  await scene.promote("production", { by: "lena" });
  await scene.promote("staging", { by: "erin", version: "1.1.0" });
  return scene;
}

const read = async (scene: Scene, of = { name: "retina/seg", variant: "jetson" }, store = true) =>
  readSiblings(of.name, of.variant, {
    store: store ? scene.store : undefined,
    ledger: await scene.ledger?.entries(of.name),
    ...scene.inForce,
  });

const seen = (siblings: Awaited<ReturnType<typeof read>>) =>
  siblings.map(({ version, chain }) => `${version} ${chain.state}`);

describe("with a ledger", () => {
  it("are what was ever promoted, as the ledger alone says", async () => {
    const scene = await told({ ledger: true });
    expect(seen(await read(scene))).toEqual(["1.0.0 production", "1.1.0 staging"]);
    expect(await read(scene, undefined, false)).toEqual(await read(scene));
  });

  it("are of this model and this variant", async () => {
    const scene = await told({ ledger: true });
    expect(await read(scene, { name: "retina/seg", variant: "server" })).toEqual([]);
    expect(await read(scene, { name: "retina/other", variant: "jetson" })).toEqual([]);
  });

  it("are refused when a link lies below another release than its own", async () => {
    const scene = await told({ ledger: true });
    const moved = ((await scene.ledger?.entries("retina/seg")) ?? []).map((entry) => ({
      ...entry,
      release: "9.9.9-jetson",
    }));
    const sources = { store: scene.store, ledger: moved, ...scene.inForce };
    const { message } = await expectError("LEDGER_ENTRY_REFUSED", () => readSiblings("retina/seg", "jetson", sources));
    expect(message).toMatch(/1\.0\.0 jetson lies below 9\.9\.9-jetson/);
  });

  it("with a chain that is not whole stop everything, for who is champion would be a guess", async () => {
    const scene = await told({ ledger: true });
    const entries = (await scene.ledger?.entries("retina/seg")) ?? [];
    const sources = { store: scene.store, ...scene.inForce };
    const gap = entries.filter(({ release, sequence }) => release !== "1.0.0-jetson" || sequence !== 1);
    await expectError("CHAIN_GAP", () => readSiblings("retina/seg", "jetson", { ...sources, ledger: gap }));
    const loose = entries.map((entry) => (entry.release === "1.0.0-jetson" ? { ...entry, side: true } : entry));
    await expectError("CHAIN_FORKED", () => readSiblings("retina/seg", "jetson", { ...sources, ledger: loose }));
  });
});

describe("without a ledger", () => {
  it("are all that the store has of the model and the variant", async () => {
    const scene = await told({ ledger: false });
    await addRelease(scene.store, { name: "retina/seg", version: "1.0.0", variant: "server", complete: true });
    await addRelease(scene.store, { name: "retina/other", version: "2.0.0", variant: "jetson", complete: true });
    await scene.store.addManifest(await scene.store.fetch(scene.subject("1.2.0"), 1e6), "latest-jetson");
    expect(seen(await read(scene))).toEqual(["1.0.0 production", "1.1.0 staging", "1.2.0 experimental"]);
  });

  it("are none when there is no store either", async () => {
    expect(await read(await told({ ledger: false }), undefined, false)).toEqual([]);
  });
});
