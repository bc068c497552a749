import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RekorV1, startRekorV1 } from "../support/sigstore/rekor-v1.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";
import { signedBy } from "./support/sigstore/cosign-flags.ts";
import { githubClaims, githubIdentity } from "./support/sigstore/github-claims.ts";
import { KeylessCosign } from "./support/sigstore/keyless-cosign.ts";
import { type SharedForm, sharedForms } from "./support/sigstore/keyless-forms.ts";
import { KeylessSlipway } from "./support/sigstore/keyless-slipway.ts";
import { type PrivateSigstore, startSigstore } from "./support/sigstore/start-sigstore.ts";

/*
 * Signing without a key: what Slipway makes is held to cosign, and what cosign makes to Slipway, with real services.
 */

let stack: PrivateSigstore;
let stranger: PrivateSigstore;
let log: RekorV1;

beforeAll(async () => {
  stack = await startSigstore();
  stranger = await startSigstore();
  log = await startRekorV1();
});

afterAll(async () => {
  await log[Symbol.asyncDispose]();
  await stranger[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

/** Slipway signs in one workflow and cosign in another, so that what each attaches can be told apart. */
const ours = githubClaims({ workflow: "release.yml" });
const theirs = githubClaims({ workflow: "cosign.yml" });
const approval = { type: "urn:slipway:approval:v1", args: ["--type=approval", "--to=staging", "--reason=Fine"] };
const predicate = { type: "https://example.com/eval", predicate: "predicate.json" };

describe.each([
  ["with the referrers API", registries["crane with referrers"], sharedForms],
  // Which log there is makes no difference to a registry.
  ["without it", registries["distribution 3"], sharedForms.filter(([name]) => !name.includes("v1"))],
] as const)("in a registry %s", (_, start, forms) => {
  let scene: RegistryScene;
  let cosign: KeylessCosign;
  let slipway: KeylessSlipway;

  beforeAll(async () => {
    scene = await RegistryScene.open(start);
    cosign = new KeylessCosign(scene, stack);
    slipway = new KeylessSlipway(scene.work, stack);
    await writeFile(join(scene.work, predicate.predicate), '{"passed":true}');
  });

  afterAll(() => scene[Symbol.asyncDispose]());

  describe.each(forms)("%s", (name, formOf) => {
    let form: SharedForm;
    let reference: string;
    let image: string;

    beforeAll(async () => {
      form = await formOf(stack, log);
      ({ reference, image } = await scene.release(name.replaceAll(" ", "-").toLowerCase()));
    });

    it("what Slipway signs and attests is accepted by cosign for its workflow, and for nobody else", async () => {
      const [token, root] = [stack.github.token(ours), `--trusted-root=${form.trustedRoot}`];
      await slipway.sign(token, "sign", reference, ...form.slipway, root, "--oms=false");
      // Who signed before is known again by their identity.
      await slipway.sign(token, "sign", reference, ...form.slipway, root, "--oms=false");
      await slipway.sign(token, "attest", reference, ...approval.args, ...form.slipway, root);
      const issuer = stack.github.url;
      for (const type of [undefined, approval.type]) {
        const [right, ...wrong] = await Promise.all([
          cosign.verdict(image, form.cosign, signedBy(githubIdentity(ours), issuer), type),
          cosign.verdict(image, form.cosign, signedBy(githubIdentity(theirs), issuer), type),
          cosign.verdict(image, form.cosign, signedBy(githubIdentity(ours), stack.otherGithub.url), type),
        ]);
        expect([type, right]).toEqual([type, "accepted"]);
        for (const verdict of wrong) expect(verdict).toMatch(/none of the expected identities|certificate identity/);
      }
    });

    it("what cosign signs and attests is accepted by Slipway for its workflow, and for nobody else", async () => {
      const token = stack.github.token(theirs);
      await cosign.attest(image, form.cosign, token, predicate);
      const { trustedRoot } = form;
      const right = { trustedRoot, identity: githubIdentity(theirs), issuer: stack.github.url };
      const attested = `refused: NOT_A_SIGNATURE it states ${predicate.type}, which is evidence and not a signature`;
      const before = await slipway.verdict(reference, right);
      expect(before).toMatchObject({ says: "SIGNATURE_REJECTED" });
      expect(before.candidates).toContain(attested);
      await cosign.sign(image, form.cosign, token);
      const accepted = await slipway.verdict(reference, right);
      expect(accepted).toMatchObject({ says: "accepted" });
      expect(accepted.candidates).toHaveLength(4);
      const wrong = [
        { ...right, identity: githubIdentity(githubClaims({ workflow: "other.yml" })) },
        { ...right, issuer: stack.otherGithub.url },
        { ...right, trustedRoot: await form.rootOf(stranger) },
      ];
      for (const { says, candidates } of await Promise.all(wrong.map((each) => slipway.verdict(reference, each)))) {
        expect(says).toBe("SIGNATURE_REJECTED");
        expect(candidates).toHaveLength(4);
        for (const line of candidates)
          expect(line).toMatch(/^refused: [A-Z_]+ (it was signed by|its (certificate|timestamp))/);
      }
    });
  });
});

it("cosign finds a key's signature in the log that it demands, and its timestamp", async () => {
  await using scene = await RegistryScene.open(registries["crane with referrers"]);
  const { reference, image } = await scene.release("key");
  const accepts = async (root: string, ...more: readonly string[]) => {
    const args = ["--key=key.pub", "--allow-http-registry", `--trusted-root=${root}`, ...more, image];
    return (await scene.attempt("cosign", "verify", ...args)).code === 0;
  };
  const key = ["--key=key.pem", `--trusted-root=${stack.trustedRoot}`, `--timestamp-url=${stack.timestamps.href}`];
  await scene.slipway("sign", reference, ...key, "--format=legacy");
  const byTimestamp = ["--insecure-ignore-tlog", "--use-signed-timestamps"];
  expect(await accepts(stack.trustedRoot)).toBe(false);
  expect(await accepts(stack.trustedRoot, ...byTimestamp)).toBe(true);
  expect(await accepts(stranger.trustedRoot, ...byTimestamp)).toBe(false);
  await scene.slipway("sign", reference, ...key, `--rekor-url=${stack.rekor.href}`, "--format=both");
  expect(await accepts(stack.trustedRoot)).toBe(true);
  expect(await accepts(stranger.trustedRoot)).toBe(false);
});

it("a signature is completed in the storage that lacks it, and not made twice", async () => {
  await using scene = await RegistryScene.open(registries["distribution 3"]);
  const token = stack.github.token(ours);
  const slipway = new KeylessSlipway(scene.work, stack);
  const root = await stack.trustedRootWith([]);
  const services = [`--fulcio-url=${stack.fulcio.href}`, `--timestamp-url=${stack.timestamps.href}`];
  const whom = { trustedRoot: root, identity: githubIdentity(ours), issuer: stack.github.url };
  for (const first of ["bundle", "legacy"]) {
    const { reference } = await scene.release(`completed/${first}`);
    for (const [format, count] of [
      [first, 1],
      ["both", 2],
      ["both", 2],
    ] as const) {
      const storage = [`--format=${format}`, "--oms=false"];
      await slipway.sign(token, "sign", reference, ...services, `--trusted-root=${root}`, ...storage);
      const { says, candidates } = await slipway.verdict(reference, whom);
      expect([first, says, candidates]).toEqual([
        first,
        "accepted",
        Array(count).fill(`accepted: signed by ${whom.identity} (${whom.issuer})`),
      ]);
    }
  }
});
