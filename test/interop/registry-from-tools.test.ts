import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { triedRegistries } from "./support/registries.ts";
import { RegistryScene, tag } from "./support/registry-scene.ts";

/*
 * What other tools put into a registry: a release that they carried up from a layout is one, and anything else is
 * said not to be.
 */

describe.each(triedRegistries)("in %s", (_, start) => {
  let scene: RegistryScene;
  let subject: string;

  beforeAll(async () => {
    scene = await RegistryScene.open(start);
    const packed = await scene.slipway("package", "model.yaml", "--store", "oci:layout");
    subject = packed["subject"] ?? "";
    await scene.sign(packed["reference"] ?? "");
  });

  afterAll(() => scene[Symbol.asyncDispose]());

  it.each<[string, (repository: string) => Promise<unknown>]>([
    [
      "oras cp -r",
      (to) => scene.tool("oras", "cp", "-r", "--from-oci-layout", `layout:${tag}`, "--to-plain-http", `${to}:${tag}`),
    ],
    // It knows layouts as one index: what it pushes has the digests of the layout, and a tag that is nobody's.
    ["crane push --index", (to) => scene.tool("crane", "push", "--index", "layout", `${to}:layout`)],
  ])("a release that %s carried up is verified and pulled with its signature", async (name, carry) => {
    const repository = `${scene.host}/up/${name.split(" ", 1)[0]}`;
    await carry(repository);
    const reference = `${repository}@${subject}`;
    expect(await scene.slipway("verify", reference, "--key", "key.pub")).toMatchObject({ verified: true });
    await scene.slipway("pull", reference, "--target", `from-${name}`, "--key", "key.pub");
    await scene.slipway("pull", `oci:layout@${subject}`, "--target", "pulled");
    await scene.expectSame(`from-${name}`, "pulled");
    expect(await scene.refusal("verify", reference, "--key", "stranger.pub")).toBe("SIGNATURE_REJECTED");
  });

  it("a release that skopeo carried up has no signature, takes one, and is pulled", async () => {
    const up = `${scene.host}/up/skopeo:${tag}`;
    await scene.tool("skopeo", "copy", "--dest-tls-verify=false", `oci:layout:${tag}`, `docker://${up}`);
    const reference = `${up}@${subject}`;
    expect(await scene.refusal("verify", reference, "--key", "key.pub")).toBe("SIGNATURE_MISSING");
    await scene.sign(reference);
    expect(await scene.slipway("verify", reference, "--key", "key.pub")).toMatchObject({ verified: true });
    await scene.slipway("pull", reference, "--target", "from-skopeo", "--key", "key.pub");
    await scene.expectSame("from-skopeo", "pulled");
  });

  it("an artifact of oras is shown with what is attached to it, and is no release", async () => {
    const artifact = `${scene.host}/foreign/thing:1.0.0`;
    await scene.tool("oras", "push", "--plain-http", artifact, "model.yaml:application/yaml");
    const report = ["--artifact-type", "application/vnd.example.report", "key.pub:text/plain"];
    await scene.tool("oras", "attach", "--plain-http", artifact, ...report);
    const digest = (await scene.tool("oras", "resolve", "--plain-http", artifact)).trim();
    const attached = await scene.attached(artifact);
    expect([...attached.values()]).toEqual(["application/vnd.example.report"]);
    expect([...attached.keys()]).toEqual(await scene.discovered(artifact));
    for (const step of [
      ["pull", "--target", "foreign"],
      ["verify", "--key", "key.pub"],
      ["sign", "--key", "key.pem"],
    ]) {
      const [name = "", ...flags] = step;
      expect(await scene.refusal(name, `${artifact}@${digest}`, ...flags), name).toBe("FORM_UNSUPPORTED");
    }
  });
});
