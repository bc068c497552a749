import { describe, it } from "vitest";
import { attachAtOnce } from "./support/attachers.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";

describe("of 32 signatures that are attached at once, none is lost", { timeout: 120_000 }, () => {
  it("in a registry with the referrers API", async () => {
    await using scene = await RegistryScene.open(registries["crane with referrers"]);
    await attachAtOnce(scene, 0);
  });

  it("in a registry without it, while oras attaches as well", async () => {
    await using scene = await RegistryScene.open(registries["distribution 3"]);
    await attachAtOnce(scene, 8);
  });
});
