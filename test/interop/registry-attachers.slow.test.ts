import { describe, it } from "vitest";
import { attachAtOnce } from "./support/attachers.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";

describe.each(Object.entries(registries))("in %s", (_, start) => {
  it("of 32 signatures that are attached at once, none is lost, also while oras attaches", async () => {
    await using scene = await RegistryScene.open(start);
    await attachAtOnce(scene, { signers: 32, byOras: 8 });
  });
});
