import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeKeyPair } from "../support/key-pair.ts";
import { attachAtOnce } from "./support/attachers.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";

describe("of the signatures of 8 keys that are attached at once, none is lost", { timeout: 120_000 }, () => {
  it("in a registry with the referrers API", async () => {
    await using scene = await RegistryScene.open(registries["crane with referrers"]);
    await attachAtOnce(scene, { signers: 8, byOras: 0 });
  });

  it("in a registry without it, while oras attaches as well", async () => {
    await using scene = await RegistryScene.open(registries["distribution 3"]);
    await attachAtOnce(scene, { signers: 8, byOras: 3 });
  });

  it("not even one that another tool's older index undid: the next signer puts it back", async () => {
    await using scene = await RegistryScene.open(registries["distribution 3"]);
    const { reference, subject } = await scene.release("interop/undone");
    const fallback = `${scene.host}/interop/undone:${subject.replace(":", "-")}`;
    const first = await scene.sign(reference);
    await scene.tool("oras", "manifest", "fetch", "--plain-http", fallback, "--output", "older.json");
    const second = await scene.sign(reference, "stranger");
    await scene.tool("oras", "manifest", "push", "--plain-http", fallback, "older.json");
    expect(await scene.discovered(reference)).toEqual(first.toSorted());
    expect([...(await scene.attached(reference)).keys()].sort()).toEqual([...first, ...second].sort());
    expect(await scene.slipway("verify", reference, "--key", "stranger.pub")).toMatchObject({ verified: true });

    await writeKeyPair(join(scene.work, "third"));
    const third = await scene.sign(reference, "third");
    expect(await scene.discovered(reference)).toEqual([...first, ...second, ...third].sort());
  });
});
