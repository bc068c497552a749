import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { peer, run } from "./peers.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";

/*
 * Key pairs as `cosign generate-key-pair` leaves them, in cosign's own encryption.
 */

let scene: RegistryScene;

beforeAll(async () => {
  scene = await RegistryScene.open(registries.crane);
});

afterAll(() => scene[Symbol.asyncDispose]());

it.each([
  ["plain", "a password", "correct horse\tbattery staple"],
  ["letters", "a password of other letters", "Pferd-Stärke-π"],
  ["empty", "an empty password", ""],
])("signs with a key of cosign's: %s, with %s, and cosign accepts it", async (made, _, password) => {
  const env = { HOME: scene.work, COSIGN_PASSWORD: password };
  const { code, stderr } = await run(peer("cosign"), ["generate-key-pair", "--output-key-prefix", made], {
    cwd: scene.work,
    env,
  });
  expect(code, stderr).toBe(0);
  await writeFile(join(scene.work, `${made}.password`), `${password}\n`);
  await writeFile(join(scene.work, "other.password"), "another one");
  const { reference, image } = await scene.release("cosign/keys");

  const refusals = [[], ["--password", "other.password"]].map((given) =>
    scene.refusal("sign", reference, "--key", `${made}.key`, ...given),
  );
  expect(await Promise.all(refusals)).toEqual(["KEY_PASSWORD_MISSING", "KEY_PASSWORD_WRONG"]);
  expect(await scene.cosignAccepts(image, made)).toBe(false);

  await scene.slipway("sign", reference, "--key", `${made}.key`, "--password", `${made}.password`);
  expect(await scene.cosignAccepts(image, made)).toBe(true);
  expect(await scene.slipway("verify", reference, "--key", `${made}.pub`)).toMatchObject({ verified: true });
});
