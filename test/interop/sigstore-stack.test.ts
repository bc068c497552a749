import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BundleWithCertificateChain, bundleFromJSON } from "@sigstore/bundle";
import { X509Certificate } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";
import {
  bundleForm,
  type KeylessForm,
  legacyForm,
  signedBy,
  unloggedBundleForm,
} from "./support/sigstore/cosign-flags.ts";
import { githubClaims, githubIdentity } from "./support/sigstore/github-claims.ts";
import { type PrivateSigstore, startSigstore } from "./support/sigstore/start-sigstore.ts";

/*
 * The private Sigstore that other tests sign with, held to what cosign makes of it: whom it accepts, and whom it refuses.
 */

let stack: PrivateSigstore;
let scene: RegistryScene;

beforeAll(async () => {
  stack = await startSigstore();
  scene = await RegistryScene.open(registries["crane with referrers"]);
  await writeFile(join(scene.work, "predicate.json"), '{"passed":true}');
});

afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});
