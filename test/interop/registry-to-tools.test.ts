import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registries, triedRegistries } from "./support/registries.ts";
import { type PackedRelease, RegistryScene, tag } from "./support/registry-scene.ts";

/*
 * What Slipway released to a registry is read, copied away and copied back by oras, crane, skopeo, umoci and cosign;
 * each copy is what Slipway put there.
 */

describe.each(triedRegistries)("a release in %s", (_, start) => {
  let scene: RegistryScene;
  let release: PackedRelease;
  let signatures: readonly string[];

  beforeAll(async () => {
    scene = await RegistryScene.open(start);
    release = await scene.release("interop/tiny-llm");
    signatures = await scene.sign(release.reference);
  });

  afterAll(() => scene[Symbol.asyncDispose]());

  it("is read byte for byte by oras, crane and skopeo", async () => {
    const { image, subject } = release;
    const raw = [
      await scene.tool("oras", "manifest", "fetch", "--plain-http", image),
      await scene.tool("crane", "manifest", image),
      await scene.tool("skopeo", "inspect", "--raw", "--tls-verify=false", `docker://${image}`),
    ];
    expect(raw.map(digestOf)).toEqual([subject, subject, subject]);
    expect((await scene.tool("crane", "digest", release.reference)).trim()).toBe(subject);
    await scene.tool("crane", "validate", "--remote", image);
  });

  it("is pulled by oras as Slipway pulls it", async () => {
    await scene.slipway("pull", release.reference, "--target", "pulled", "--key", "key.pub");
    await scene.tool("oras", "pull", "--plain-http", release.image, "-o", "by-oras");
    await scene.expectSame("by-oras", "pulled");
  });

  it("shows its signature to oras and cosign, and only its own key opens it", async () => {
    expect(await scene.discovered(release.reference)).toEqual(signatures.toSorted());
    const tree = await scene.tool("cosign", "tree", "--allow-http-registry", release.image);
    for (const digest of signatures) expect(tree).toContain(digest);
    expect(await scene.cosignAccepts(release.image, "key")).toBe(true);
    expect(await scene.cosignAccepts(release.image, "stranger")).toBe(false);
  });

  it("is copied with its signature by oras, into a layout and to another registry", async () => {
    const { reference, subject } = release;
    await scene.tool("oras", "cp", "-r", "--from-plain-http", reference, "--to-oci-layout", `by-oras-cp:${tag}`);
    await expectRelease(scene, `oci:by-oras-cp:${tag}@${subject}`);
    await mkdir(join(scene.work, "other"));
    await using other = await registries["distribution 3"](join(scene.work, "other"));
    const copy = `${other.host}/copied/oras:${tag}`;
    await scene.tool("oras", "cp", "-r", "--from-plain-http", "--to-plain-http", reference, copy);
    await expectRelease(scene, `${copy}@${subject}`);
  });

  it("is copied by crane: alone with its tag, with its signature when all tags are", async () => {
    const alone = `${scene.host}/copied/crane:${tag}`;
    await scene.tool("crane", "copy", release.reference, alone);
    expect(await scene.refusal("verify", `${alone}@${release.subject}`, "--key", "key.pub")).toBe("SIGNATURE_MISSING");
    await scene.slipway("pull", `${alone}@${release.subject}`, "--target", "by-crane");
    const all = `${scene.host}/copied/crane-all`;
    await scene.tool("crane", "copy", "--all-tags", `${scene.host}/interop/tiny-llm`, all);
    await expectRelease(scene, `${all}:${tag}@${release.subject}`);
  });

  it("is pulled by crane into a layout that Slipway pulls from", async () => {
    await scene.tool("crane", "pull", "--format=oci", release.reference, "by-crane-pull");
    await scene.slipway("pull", `oci:by-crane-pull@${release.subject}`, "--target", "from-crane-pull");
    await scene.expectSame("from-crane-pull", "pulled");
  });

  it("is copied by skopeo to a layout, which umoci lists, and back under the same digest", async () => {
    const { subject } = release;
    await scene.tool("skopeo", "copy", "--src-tls-verify=false", `docker://${release.image}`, `oci:by-skopeo:${tag}`);
    expect((await scene.tool("umoci", "list", "--layout", "by-skopeo")).trim()).toBe(tag);
    await scene.slipway("pull", `oci:by-skopeo:${tag}@${subject}`, "--target", "from-skopeo");
    await scene.expectSame("from-skopeo", "pulled");
    const back = `${scene.host}/copied/skopeo:${tag}`;
    await scene.tool("skopeo", "copy", "--dest-tls-verify=false", `oci:by-skopeo:${tag}`, `docker://${back}`);
    expect((await scene.tool("crane", "digest", back)).trim()).toBe(subject);
    await scene.slipway("pull", `${back}@${subject}`, "--target", "from-skopeo-back");
    await scene.expectSame("from-skopeo-back", "pulled");
  });

  it("is refused by the tools that want an image", async () => {
    const exported = await scene.attempt("crane", "export", release.image, "exported.tar");
    expect(exported.stderr).toContain("invalid tar header");
    const unpacked = await scene.attempt("umoci", "stat", "--image", `by-skopeo:${tag}`);
    expect(`${unpacked.stdout}${unpacked.stderr}`).toContain("unknown config blob type");
  });
});

/** Verifies, and pulls with the signature checked. */
async function expectRelease(scene: RegistryScene, reference: string): Promise<void> {
  expect(await scene.slipway("verify", reference, "--key", "key.pub")).toMatchObject({ verified: true });
  const target = `from-${digestOf(reference).slice(-12)}`;
  await scene.slipway("pull", reference, "--target", target, "--key", "key.pub");
  await scene.expectSame(target, "pulled");
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
