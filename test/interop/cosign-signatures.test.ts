import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { triedRegistries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";

/*
 * What cosign attaches to a release of Slipway's, beside what Slipway and oras do; and that all of them list the same.
 */

describe.each(triedRegistries)("in %s", (_, start) => {
  let scene: RegistryScene;

  beforeAll(async () => {
    scene = await RegistryScene.open(start);
  });

  afterAll(() => scene[Symbol.asyncDispose]());

  it("a bundle that cosign signed is a signature to Slipway", async () => {
    const { reference, image } = await scene.release("cosign/bundle");
    await scene.byCosign("sign", image, ...(await scene.withoutServices()));
    expect([...(await scene.attached(reference)).values()]).toEqual(["signature"]);
    expect(await scene.slipway("verify", reference, "--key", "key.pub")).toMatchObject({ verified: true });
    await scene.slipway("pull", reference, "--target", "signed-by-cosign", "--key", "key.pub");
    expect(await scene.refusal("verify", reference, "--key", "stranger.pub")).toBe("SIGNATURE_REJECTED");
  });

  it("what cosign signed and attested in its older tags is a signature and evidence to Slipway", async () => {
    const { reference, image } = await scene.release("cosign/legacy");
    const legacy = ["--use-signing-config=false", "--tlog-upload=false", "--new-bundle-format=false"];
    await scene.byCosign("attest", image, "--type=custom", "--predicate=signing-config.json", ...legacy);
    expect(await scene.refusal("verify", reference, "--key", "key.pub")).toBe("SIGNATURE_REJECTED");
    await scene.byCosign("sign", image, ...legacy);
    expect(await scene.slipway("verify", reference, "--key", "key.pub")).toMatchObject({
      verified: true,
      candidates: 2,
    });
    expect(await scene.refusal("verify", reference, "--key", "stranger.pub")).toBe("SIGNATURE_REJECTED");
  });

  it("what Slipway signs in the older tags beside cosign's is accepted by cosign, and nothing is lost", async () => {
    const { reference, image } = await scene.release("cosign/joined");
    const legacy = ["--use-signing-config=false", "--tlog-upload=false", "--new-bundle-format=false"];
    await scene.byCosign("sign", image, ...legacy);
    await scene.slipway("sign", reference, "--key", "stranger.pem", "--format", "legacy");
    for (const key of ["key", "stranger"]) expect(await scene.cosignAccepts(image, key)).toBe(true);
    const approval = ["--type", "approval", "--to", "staging", "--reason", "Fine"];
    await scene.slipway("attest", reference, ...approval, "--key", "stranger.pem", "--format", "legacy");
    const verify = ["verify-attestation", "--key=stranger.pub", "--insecure-ignore-tlog", "--allow-http-registry"];
    const seen = await scene.tool("cosign", ...verify, "--type=urn:slipway:approval:v1", image);
    const { payload } = JSON.parse(seen);
    expect(JSON.parse(Buffer.from(payload, "base64").toString())).toMatchObject({ predicate: { to: "staging" } });
    const tree = await scene.tool("cosign", "tree", "--allow-http-registry", image);
    expect(tree).toContain("Signatures for an image tag");
    expect(tree).toContain("Attestations for an image tag");
    expect(await scene.slipway("verify", reference, "--key", "key.pub")).toMatchObject({ verified: true });
  });

  it("what three tools attach in turn is kept by each, and listed alike by all", async () => {
    const { reference, image } = await scene.release("cosign/beside");
    const ours = [...(await scene.sign(reference))];
    await scene.byCosign(
      "attest",
      image,
      "--type=custom",
      "--predicate=signing-config.json",
      ...(await scene.withoutServices()),
    );
    const report = ["--artifact-type", "application/vnd.example.report", "key.pub:text/plain"];
    await scene.tool("oras", "attach", "--plain-http", image, ...report);
    ours.push(...(await scene.sign(reference, "stranger")));

    const attached = await scene.attached(reference);
    expect([...attached.values()].sort()).toEqual([
      "OMS signature of the files",
      "OMS signature of the files",
      "application/vnd.example.report",
      "evidence https://cosign.sigstore.dev/attestation/v1",
      "signature",
      "signature",
    ]);
    expect([...attached.keys()]).toEqual(expect.arrayContaining(ours));
    expect(await scene.discovered(reference)).toEqual([...attached.keys()].sort());
    const tree = await scene.tool("cosign", "tree", "--allow-http-registry", image);
    for (const digest of attached.keys()) expect(tree).toContain(digest);
    expect(await scene.cosignAccepts(image, "stranger")).toBe(true);
  });
});
