import { appendFile, cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registries } from "./support/registries.ts";
import { type PackedRelease, RegistryScene } from "./support/registry-scene.ts";

/*
 * Signatures of a release's files, between Slipway and OpenSSF's own tool, model_signing.
 */

const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

let scene: RegistryScene;

beforeAll(async () => {
  scene = await RegistryScene.open(registries["crane with referrers"]);
  // Two orders of names, by letters and by directories; letters beyond the first plane; what OMS tools leave out.
  const files = ["a.bin", "a/b.bin", "\u{ff5e}.bin", "\u{1f680}.bin", ".gitattributes", "a/.gitattributes"];
  await mkdir(join(scene.work, "model/a"));
  for (const name of files) await writeFile(join(scene.work, "model", name), name);
});

afterAll(() => scene[Symbol.asyncDispose]());

const modelSigning = (...args: readonly string[]) => scene.attempt("model-signing", ...args);

async function isAccepted(directory: string, key = "key", ...more: readonly string[]): Promise<boolean> {
  const signature = ["--signature", `${directory}/model.sig`, "--public_key", `${key}.pub`, ...more];
  const { code, stdout, stderr } = await modelSigning("verify", "key", directory, ...signature);
  expect(`${stdout}${stderr}`).toMatch(/Verification (succeeded|failed)/);
  return code === 0;
}

const pull = (reference: string, target: string, ...more: readonly string[]) =>
  scene.slipway("pull", reference, "--target", target, "--oms", ...more);

/** Signs a directory with OpenSSF's tool, and attaches that to a release. */
async function attachTheirs(image: string, directory: string, key = "key"): Promise<void> {
  const signature = ["--signature", `${directory}/model.sig`, "--private_key", `${key}.pem`];
  const { code, stderr } = await modelSigning("sign", "key", directory, ...signature);
  expect(code, stderr).toBe(0);
  const what = ["--artifact-type", bundleType, `${directory}/model.sig:${bundleType}`];
  await scene.tool("oras", "attach", "--plain-http", image, ...what);
}

describe("what Slipway signs", () => {
  let release: PackedRelease;

  beforeAll(async () => {
    release = await scene.release("oms/ours");
    await scene.sign(release.reference);
    await pull(release.reference, "ours", "--key", "key.pub");
  });

  it("is accepted by model_signing, with git's files and without, and by the right key alone", async () => {
    expect(await isAccepted("ours")).toBe(true);
    expect(await isAccepted("ours", "key", "--no-ignore-git-paths")).toBe(true);
    expect(await isAccepted("ours", "stranger")).toBe(false);
  });

  it.each<[string, (directory: string) => Promise<unknown>]>([
    ["changed", (directory) => appendFile(join(directory, "a/b.bin"), "x")],
    ["added", (directory) => writeFile(join(directory, "a/c.bin"), "")],
    ["removed", (directory) => rm(join(directory, "a.bin"))],
    ["renamed", (directory) => rename(join(directory, "a.bin"), join(directory, "b.bin"))],
  ])("is refused by model_signing when a file was %s", async (how, change) => {
    await cp(join(scene.work, "ours"), join(scene.work, how), { recursive: true });
    expect(await isAccepted(how)).toBe(true);
    await change(join(scene.work, how));
    expect(await isAccepted(how)).toBe(false);
  });

  it("stays beside the release: pulled again, copied, and looked at by cosign", async () => {
    const { reference, image } = release;
    for (const more of [["--oms"], []]) {
      await scene.slipway("pull", reference, "--target", "ours", "--key", "key.pub", ...more);
    }
    expect(await isAccepted("ours")).toBe(true);
    expect([...(await scene.attached(reference)).values()].sort()).toEqual(["OMS signature of the files", "signature"]);
    expect(await scene.cosignAccepts(image, "key")).toBe(true);
    expect(await scene.cosignAccepts(image, "stranger")).toBe(false);
    const tree = await scene.tool("cosign", "tree", "--allow-http-registry", image);
    for (const digest of (await scene.attached(reference)).keys()) expect(tree).toContain(digest);
    await scene.tool("oras", "cp", "-r", "--from-plain-http", image, "--to-oci-layout", "carried:1");
    const carried = `oci:carried@${release.subject}`;
    await pull(carried, "carried-files", "--key", "key.pub");
    await scene.expectSame("carried-files", "ours");
  });

  it("is no signature of the release", async () => {
    const { reference, image } = await scene.release("oms/unsigned");
    const what = ["--artifact-type", bundleType, `ours/model.sig:${bundleType}`];
    await scene.tool("oras", "attach", "--plain-http", image, ...what);
    expect(await scene.refusal("verify", reference, "--key", "key.pub")).toBe("SIGNATURE_REJECTED");
    expect(await scene.cosignAccepts(image, "key")).toBe(false);
    await scene.sign(reference);
    expect(await scene.slipway("verify", reference, "--key", "key.pub")).toMatchObject({ verified: true });
    expect(await scene.cosignAccepts(image, "key")).toBe(true);
  });
});

describe("what model_signing signs", () => {
  it("is written as model.sig when it is over exactly the release's files and by a trusted key", async () => {
    const { reference, image } = await scene.release("oms/theirs");
    await scene.slipway("sign", reference, "--key", "key.pem", "--oms=false");
    expect(await scene.refusal("pull", reference, "--target", "none", "--oms")).toBe("OMS_MISSING");
    await scene.slipway("pull", reference, "--target", "theirs", "--key", "key.pub");
    await attachTheirs(image, "theirs");
    await pull(reference, "theirs-pulled", "--key", "key.pub");
    await scene.expectSame("theirs-pulled", "theirs");
    expect(await isAccepted("theirs-pulled")).toBe(true);
  });

  it.each<[string, string, (directory: string) => Promise<unknown>]>([
    ["another key", "stranger", async () => {}],
    ["a file more", "key", (directory) => writeFile(join(directory, "more.bin"), "")],
    ["a file less", "key", (directory) => rm(join(directory, "a.bin"))],
    ["another file", "key", (directory) => appendFile(join(directory, "a.bin"), "x")],
  ])("is refused with %s", async (how, key, change) => {
    const place = how.replaceAll(" ", "-");
    const { reference, image } = await scene.release(`oms/refused-${place}`);
    await scene.slipway("sign", reference, "--key", "key.pem", "--oms=false");
    await scene.slipway("pull", reference, "--target", place);
    await change(join(scene.work, place));
    await attachTheirs(image, place, key);
    expect(await isAccepted(place, key)).toBe(true);
    const refused = scene.refusal("pull", reference, "--target", `${place}-pulled`, "--oms", "--key", "key.pub");
    expect(await refused).toBe("OMS_REJECTED");
    expect(await readdir(scene.work)).not.toContain(`${place}-pulled`);
  });
});
