import { writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { contract } from "../../actions/doctor/contract.ts";
import { run } from "../../actions/doctor/step.ts";
import { readInputs } from "../../src/contract/index.ts";
import { publicKeyOf } from "../support/policy-key.ts";
import { quietHost } from "../support/quiet-host.ts";
import { type Temporary, temporaryDirectory } from "../support/temporary.ts";
import { githubClaims, githubIdentity } from "./support/sigstore/github-claims.ts";
import { type PrivateSigstore, startSigstore } from "./support/sigstore/start-sigstore.ts";

/*
 * What `doctor` says of Fulcio, Rekor and the timestamp server is true of the real ones.
 */

let stack: PrivateSigstore;
let work: Temporary;
beforeAll(async () => {
  stack = await startSigstore();
});
afterAll(() => stack[Symbol.asyncDispose]());
beforeEach(async () => {
  work = await temporaryDirectory();
});
afterEach(() => work[Symbol.asyncDispose]());

const job = githubClaims({ environment: "production" });

async function doctor(texts: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  await writeFile(work.at("token"), stack.github.token(job), { mode: 0o600 });
  const services = {
    "fulcio-url": stack.fulcio.href,
    "rekor-url": stack.rekor.href,
    "timestamp-url": stack.timestamps.href,
    "trusted-root": stack.trustedRoot,
    "identity-token": "token",
  };
  const given = readInputs(contract, { ...services, ...texts }, { directory: work.path, env: {} });
  const { summary } = await run(given, { ...quietHost(work.path), now: () => new Date() });
  return Object.fromEntries(
    (summary.tables ?? []).flatMap(({ rows }) => rows.map(([check, status]) => [check, status])),
  );
}

async function writePolicy(environment: string): Promise<void> {
  const identity = { issuer: stack.github.url, subject: githubIdentity(job), environment };
  const roles = ["mlops-engineer", "platform-lead", "model-owner", "security", "evaluator"].map((role) => [
    role,
    [{ name: role, key: publicKeyOf(role) }],
  ]);
  const members = { ...Object.fromEntries(roles), builder: [{ name: "release", identity }] };
  await writeFile(work.at("policy.yaml"), JSON.stringify({ roles: members, trustedRoot: stack.trustedRootJson }));
}

/** What is true of a place that trusts this Sigstore; Rekor's own server leaves its head to who serves its tiles. */
const trustedBy = (place: string) => ({
  [`fulcio in ${place}`]: "✓ ok",
  [`rekor in ${place}`]: "? unknown",
  [`timestamps in ${place}`]: "✓ ok",
  [`authorities of ${place}`]: "✓ ok",
  [`time authorities of ${place}`]: "✓ ok",
  [`logs of ${place}`]: "✓ ok",
  [`needs of ${place}`]: "✓ ok",
});
const services = {
  signer: "✓ ok",
  "identity token": "✓ ok",
  fulcio: "✓ ok",
  rekor: "✓ ok",
  timestamps: "✓ ok",
  "signing clock": "✓ ok",
};

it("a whole Sigstore and a policy that trusts it are fit", async () => {
  await writePolicy("production");
  expect(await doctor({ policy: "policy.yaml" })).toEqual({
    ...services,
    ...trustedBy("trusted-root"),
    ...trustedBy("policy"),
    policy: "✓ ok",
    "signer's role": "✓ ok",
    "policy members": "✓ ok",
    "policy roles": "✓ ok",
  });
});

it("a job outside the environment that the policy wants is noticed", async () => {
  await writePolicy("release");
  expect(await doctor({ policy: "policy.yaml" })).toMatchObject({ "signer's role": "! warning" });
});

it("another Sigstore's root is noticed", async () => {
  await using other = await startSigstore();
  expect(await doctor({ "trusted-root": other.trustedRoot })).toMatchObject({
    ...services,
    "fulcio in trusted-root": "✗ failed",
    "timestamps in trusted-root": "✗ failed",
    "authorities of trusted-root": "✓ ok",
  });
});

it("services that were mixed up are noticed", async () => {
  const mixed = { "fulcio-url": stack.rekor.href, "rekor-url": stack.fulcio.href, "timestamp-url": stack.fulcio.href };
  const found = await doctor(mixed);
  expect(found).toMatchObject({ fulcio: "✗ failed", rekor: "✗ failed", timestamps: "✗ failed" });
});
