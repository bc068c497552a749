import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleFromJSON } from "@sigstore/bundle";
import { X509Certificate } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RekorV1, startRekorV1 } from "../support/sigstore/rekor-v1.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";
import {
  bundleForm,
  type KeylessForm,
  legacyForm,
  rekorV1BundleForm,
  rekorV1LegacyForm,
  signedBy,
  unloggedBundleForm,
} from "./support/sigstore/cosign-flags.ts";
import { fulcioExtensions } from "./support/sigstore/fulcio-extensions.ts";
import { githubClaims, githubIdentity } from "./support/sigstore/github-claims.ts";
import { KeylessCosign } from "./support/sigstore/keyless-cosign.ts";
import { startProgram } from "./support/sigstore/server-program.ts";
import { type PrivateSigstore, startSigstore } from "./support/sigstore/start-sigstore.ts";

/*
 * The private Sigstore that other tests sign with, held to what cosign makes of it: whom it accepts, and whom it refuses.
 */

let stack: PrivateSigstore;
let scene: RegistryScene;
let cosign: KeylessCosign;

beforeAll(async () => {
  stack = await startSigstore();
  scene = await RegistryScene.open(registries["crane with referrers"]);
  cosign = new KeylessCosign(scene, stack);
  await writeFile(join(scene.work, "predicate.json"), '{"passed":true}');
});

afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

const job = githubClaims({ environment: "production" });
const identity = githubIdentity(job);

const attested = { type: "https://example.com/eval", predicate: "predicate.json" };

const forms: readonly [string, (stack: PrivateSigstore) => KeylessForm | Promise<KeylessForm>][] = [
  ["a bundle in Rekor v2 with a timestamp", bundleForm],
  ["a bundle with a timestamp alone", unloggedBundleForm],
  ["tags with a timestamp alone", legacyForm],
];

describe.each(forms)("%s", (name, formOf) => {
  let form: KeylessForm;
  let image: string;

  beforeAll(async () => {
    form = await formOf(stack);
    ({ image } = await scene.release(`forms/${forms.findIndex(([known]) => known === name)}`));
    await cosign.sign(image, form, stack.github.token(job));
    await cosign.attest(image, form, stack.github.token(job), attested);
  });

  it("cosign accepts the signature of the right workflow of the right issuer, and of no other", async () => {
    expect(await cosign.verdict(image, form, signedBy(identity, stack.github.url))).toBe("accepted");
    const other = githubIdentity(githubClaims({ workflow: "other.yml" }));
    const refused = /none of the expected identities matched|failed to verify certificate identity/;
    expect(await cosign.verdict(image, form, signedBy(other, stack.github.url))).toMatch(refused);
    expect(await cosign.verdict(image, form, signedBy(identity, stack.otherGithub.url))).toMatch(refused);
  });

  it("cosign trusts no other Sigstore", async () => {
    const { tlogs, certificateAuthorities, timestampAuthorities } = stack.trustedRootJson;
    const without = async (changed: object) => {
      const trusted = { ...stack.trustedRootJson, ...changed };
      await writeFile(join(scene.work, "less-trust.json"), JSON.stringify(trusted));
      const verifying = [...form.verifying, "--trusted-root=less-trust.json"];
      return cosign.verdict(image, { verifying }, signedBy(identity, stack.github.url));
    };
    expect([tlogs.length, certificateAuthorities.length, timestampAuthorities.length]).toEqual([1, 1, 1]);
    expect(await without({})).toBe("accepted");
    expect(await without({ certificateAuthorities: [] })).not.toBe("accepted");
    expect(await without({ timestampAuthorities: [] })).not.toBe("accepted");
    const needsLog = form.verifying.every((flag) => flag !== "--insecure-ignore-tlog");
    expect((await without({ tlogs: [] })) === "accepted").toBe(!needsLog);
  });

  it("cosign accepts the attestation of the right workflow, issuer and type, and no other", async () => {
    // Why an attestation in tags is another matter: see `legacyForm`.
    const byClock = form.verifying.filter((flag) => flag !== "--use-signed-timestamps");
    const how = formOf === legacyForm ? { verifying: byClock } : form;
    expect(await cosign.verdict(image, how, signedBy(identity, stack.github.url), attested.type)).toBe("accepted");
    const refused = [
      await cosign.verdict(image, how, signedBy(identity, stack.otherGithub.url), attested.type),
      await cosign.verdict(image, how, signedBy(`${identity}x`, stack.github.url), attested.type),
      await cosign.verdict(image, how, signedBy(identity, stack.github.url), "https://example.com/other"),
    ];
    expect(refused).not.toContain("accepted");
    if (formOf === legacyForm) {
      const stamped = await cosign.verdict(image, form, signedBy(identity, stack.github.url), attested.type);
      expect(stamped).toContain("hashed messages don't match");
    }
  });
});

describe("identities", () => {
  let image: string;
  let form: KeylessForm;

  beforeAll(async () => {
    form = bundleForm(stack);
    ({ image } = await scene.release("identities"));
  });

  it("a person is an e-mail address", async () => {
    const token = stack.issuer.token({ sub: "42", email: "ada@example.com", email_verified: true });
    await cosign.sign(image, form, token);
    expect(await cosign.verdict(image, form, signedBy("ada@example.com", stack.issuer.url))).toBe("accepted");
    expect(await cosign.verdict(image, form, signedBy("eve@example.com", stack.issuer.url))).not.toBe("accepted");
  });

  it.each([
    ["is too old", { expiresIn: -60 }, "token is expired"],
    ["is not valid yet", { notBefore: 3_600, expiresIn: 7_200 }, "before the nbf"],
    ["is for somebody else", { audience: "vault" }, "expected audience"],
  ])("Fulcio takes no token that %s", async (_, options, why) => {
    await expect(cosign.sign(image, form, stack.github.token(job, options))).rejects.toThrow(why);
  });

  it("a certificate tells of a job of GitHub what its token says, the environment too", async () => {
    const { content, bundle } = await signedBundle(stack.github.token(job), "github.json");
    expect(content.subjectAltName).toBe(identity);
    const url = "https://github.com";
    const sha = job["sha"];
    expect(fulcioExtensions(content)).toEqual({
      1: stack.github.url,
      2: "push",
      3: sha,
      4: "release",
      5: "acme/models",
      6: "refs/heads/main",
      8: stack.github.url,
      9: identity,
      10: sha,
      11: "github-hosted",
      12: `${url}/acme/models`,
      13: sha,
      14: "refs/heads/main",
      15: "1001",
      16: `${url}/acme`,
      17: "2002",
      18: identity,
      19: sha,
      20: "push",
      21: `${url}/acme/models/actions/runs/4242/attempts/1`,
      22: "private",
      23: "production",
      24: "repo:acme/models:environment:production",
    });

    const material = toTrustMaterial(TrustedRoot.fromJSON(stack.trustedRootJson));
    const judge = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 1 });
    judge.verify(toSignedEntity(bundle), { extensions: { issuer: stack.github.url } });
  });

  it("a certificate of a job without an environment has no extension for it", async () => {
    const { content } = await signedBundle(stack.github.token(githubClaims()), "no-environment.json");
    expect(fulcioExtensions(content)).not.toHaveProperty("23");
    expect(fulcioExtensions(content)).toHaveProperty("24", "repo:acme/models:ref:refs/heads/main");
  });

  async function signedBundle(token: string, file: string) {
    const kept = { ...form, signing: [...form.signing, `--bundle=${file}`] };
    await cosign.sign(image, kept, token);
    const bundle = bundleFromJSON(JSON.parse(await readFile(join(scene.work, file), "utf8")));
    const { content: material } = bundle.verificationMaterial;
    if (material.$case !== "certificate") throw new Error(`cosign wrote a ${material.$case}`);
    return { bundle, content: X509Certificate.parse(Buffer.from(material.certificate.rawBytes)) };
  }
});

describe("Rekor v1", () => {
  let log: RekorV1;
  let trustedRoot: string;

  beforeAll(async () => {
    log = await startRekorV1();
    trustedRoot = await stack.trustedRootWith([log.trusted]);
  });

  afterAll(() => log[Symbol.asyncDispose]());

  it.each([
    ["a bundle", rekorV1BundleForm],
    ["tags", rekorV1LegacyForm],
  ])("cosign logs what it signs and attests in %s, and accepts it by the time of the log", async (name, formOf) => {
    const form = await formOf(stack, log.url, trustedRoot);
    const { image } = await scene.release(`rekor-v1/${name.replace(" ", "-")}`);
    const before = log.bodies.length;
    await cosign.sign(image, form, stack.github.token(job));
    await cosign.attest(image, form, stack.github.token(job), attested);
    const kinds = log.bodies.slice(before).map((body) => JSON.parse(body).kind);
    expect(kinds).toEqual([formOf === rekorV1BundleForm ? "dsse" : "hashedrekord", "dsse"]);

    expect(await cosign.verdict(image, form, signedBy(identity, stack.github.url))).toBe("accepted");
    expect(await cosign.verdict(image, form, signedBy(identity, stack.github.url), attested.type)).toBe("accepted");
    expect(await cosign.verdict(image, form, signedBy(identity, stack.otherGithub.url))).not.toBe("accepted");
    await using other = await startRekorV1();
    const elsewhere = await stack.trustedRootWith([other.trusted]);
    const verifying = [...form.verifying, `--trusted-root=${elsewhere}`];
    expect(await cosign.verdict(image, { verifying }, signedBy(identity, stack.github.url))).not.toBe("accepted");
  });

  it("cosign keeps no entry whose promise is by another key", async () => {
    const form = await rekorV1BundleForm(stack, log.url, trustedRoot);
    const { image } = await scene.release("rekor-v1/lies");
    log.failNext("wrong promise");
    await expect(cosign.sign(image, form, stack.github.token(job))).rejects.toThrow("not enough verified");
  });
});

it("leaves nothing running and no file behind", async () => {
  const short = await startSigstore();
  const addresses = [short.fulcio, short.rekor, short.timestamps, new URL(short.github.url)];
  const reachable = () =>
    Promise.all(
      addresses.map((url) =>
        fetch(url).then(
          () => true,
          () => false,
        ),
      ),
    );
  expect(await reachable()).toEqual([true, true, true, true]);
  await short[Symbol.asyncDispose]();
  expect(await reachable()).toEqual([false, false, false, false]);
  await expect(readFile(short.trustedRoot)).rejects.toThrow("ENOENT");
});

it("a program that does not start is quoted", async () => {
  const nobody = new URL("http://127.0.0.1:9/");
  const started = startProgram("fulcio", ["serve", "--ca=nonsense"], scene.work, nobody);
  await expect(started).rejects.toThrow(/fulcio did not answer[\s\S]*--ca=nonsense is not a valid selection/);
});
