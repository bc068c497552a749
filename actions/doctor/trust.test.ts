import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { privateKeyOf, publicKeyOf } from "../../test/support/policy-key.ts";
import { quietHost } from "../../test/support/quiet-host.ts";
import { expectError } from "../../test/support/refusal.ts";
import { identityIssuer } from "../../test/support/sigstore/identity-issuer.ts";
import { makeSigstore } from "../../test/support/sigstore/index.ts";
import { checkpointHandler, trustBundleHandler } from "../../test/support/sigstore/reading-handlers.ts";
import { type Served, serve } from "../../test/support/sigstore/serve.ts";
import { timestampHandler } from "../../test/support/sigstore/timestamp-handler.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { contract } from "./contract.ts";
import { run } from "./step.ts";

const sigstore = makeSigstore();
const github = identityIssuer("https://token.actions.githubusercontent.com");
const workflow = "acme/models/.github/workflows/release.yml@refs/heads/main";

let root: Temporary;
let running: AsyncDisposableStack;
beforeEach(async () => {
  running = new AsyncDisposableStack();
  root = running.use(await temporaryDirectory());
});
afterEach(() => running.disposeAsync());

function doctor(texts: Readonly<Record<string, string>>, now = new Date()) {
  const given = readInputs(contract, { report: "doctor.json", ...texts }, { directory: root.path, env: {} });
  return run(given, { ...quietHost(root.path), now: () => now });
}

async function found(): Promise<Readonly<Record<string, string>>> {
  const { findings } = JSON.parse(await readFile(root.at("doctor.json"), "utf8"));
  return Object.fromEntries(findings.map(({ check, status }: Record<string, string>) => [check, status]));
}

interface Services {
  readonly inputs: Readonly<Record<string, string>>;
  asked(): readonly Served["asked"][number][];
}

async function startServices(): Promise<Services> {
  const start = async (...given: Parameters<typeof serve>) => running.use(await serve(...given));
  const [fulcio, rekor, timestamps] = [
    await start(trustBundleHandler(sigstore.fulcio)),
    await start(checkpointHandler(sigstore.log)),
    await start(timestampHandler(sigstore.timestamps)),
  ];
  return {
    inputs: { "fulcio-url": fulcio.url.href, "rekor-url": rekor.url.href, "timestamp-url": timestamps.url.href },
    asked: () => [fulcio, rekor, timestamps].flatMap(({ asked }) => asked),
  };
}

async function writeTrust(more: object = {}): Promise<void> {
  const identity = { issuer: github.issuer, subject: `https://github.com/${workflow}` };
  const roles = ["mlops-engineer", "platform-lead", "model-owner", "security", "evaluator", "ci"].map((role) => [
    role === "ci" ? "scanner" : role,
    [{ name: role, key: publicKeyOf(role) }],
  ]);
  const members = { ...Object.fromEntries(roles), builder: [{ name: "release", identity }] };
  const policy = { roles: members, trustedRoot: sigstore.trustedRoot(), ...more };
  await writeFile(root.at("policy.yaml"), JSON.stringify(policy));
  await writeFile(root.at("root.json"), JSON.stringify(sigstore.trustedRoot()));
  await writeFile(root.at("key.pem"), privateKeyOf("ci"), { mode: 0o600 });
  await writeFile(root.at("stranger.pem"), privateKeyOf("stranger"), { mode: 0o600 });
}

const trust = { policy: "policy.yaml", "trusted-root": "root.json" };

describe("signing without a key", () => {
  it("is looked at from end to end, and nothing is signed", async () => {
    const services = await startServices();
    await writeTrust();
    const token = github.token({ sub: "repo:acme/models", job_workflow_ref: workflow });
    await writeFile(root.at("token"), token, { mode: 0o600 });
    const { outputs, summary, refusal } = await doctor({ ...services.inputs, ...trust, "identity-token": "token" });
    expect(refusal?.details).toBeUndefined();
    expect(outputs).toMatchObject({ verdict: "ok", failed: 0, warnings: 0, unknown: 0, registry: "" });
    expect(summary.title).toBe("the trust set-up is fit for releases");
    const of = (place: string) =>
      [
        ...["fulcio in", "rekor in", "timestamps in", "authorities of", "time authorities of", "logs of", "needs of"],
      ].map((what) => [`${what} ${place}`, "ok"]);
    expect(await found()).toEqual({
      ...Object.fromEntries([...of("policy"), ...of("trusted-root")]),
      ...{ signer: "ok", "identity token": "ok", fulcio: "ok", rekor: "ok", timestamps: "ok", "signing clock": "ok" },
      ...{ policy: "ok", "signer's role": "ok", "policy members": "ok", "policy roles": "ok" },
    });
    const asked = services.asked();
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /api/v2/trustBundle",
      "GET /api/v2/checkpoint",
      "POST /api/v1/timestamp",
    ]);
    const shown = [
      await readFile(root.at("doctor.json"), "utf8"),
      JSON.stringify(summary),
      JSON.stringify(asked),
    ].join();
    for (const part of token.split(".")) expect(shown).not.toContain(part);
    expect(JSON.parse(await readFile(root.at("doctor.json"), "utf8"))).toMatchObject({
      store: null,
      requests: 3,
    });
  });

  it("by a clock that is wrong is refused", async () => {
    const { inputs } = await startServices();
    const late = new Date(Date.now() + 3_600_000);
    const { refusal } = await doctor(
      { "timestamp-url": inputs["timestamp-url"] ?? "", "fulcio-url": inputs["fulcio-url"] ?? "" },
      late,
    );
    expect(refusal).toMatchObject({ code: "TRUST_UNFIT", family: "refused" });
    expect(await found()).toMatchObject({ "signing clock": "failed", "identity token": "failed", fulcio: "ok" });
  });
});

describe("signing with a key", () => {
  it("needs nobody, and asks nobody", async () => {
    await writeTrust();
    const { outputs, summary } = await doctor({ key: "key.pem", policy: "policy.yaml" });
    const { signer } = JSON.parse(await readFile(root.at("doctor.json"), "utf8"));
    expect(signer).toMatch(/^[0-9a-f]{64}$/);
    expect(summary.facts).toContainEqual({ label: "signer", value: signer, code: true });
    expect(outputs).toMatchObject({ verdict: "ok", failed: 0, warnings: 0 });
    expect(await found()).toMatchObject({
      signer: "ok",
      "signing key": "ok",
      "signer's role": "ok",
      "needs of policy": "ok",
    });
  });

  it("of a stranger is refused, with what is known besides", async () => {
    await writeTrust();
    const { refusal } = await doctor({ key: "stranger.pem", policy: "policy.yaml", store: "oci:store" });
    expect(refusal).toMatchObject({ code: "TRUST_UNFIT" });
    expect(refusal?.message).toBe("oci:store with the trust set-up will not do: signer's role");
    expect(refusal?.details[0]).toContain("add its public key to a role");
    expect(await found()).toMatchObject({ layout: "ok", "signing key": "ok", "signer's role": "failed", policy: "ok" });
  });

  it("and read-only asks for no stamp", async () => {
    const services = await startServices();
    await writeTrust();
    const { "timestamp-url": timestamps = "", "rekor-url": rekor = "" } = services.inputs;
    await doctor({ key: "key.pem", "timestamp-url": timestamps, "rekor-url": rekor, "read-only": "true" });
    expect(await found()).toMatchObject({ timestamps: "skipped", "signing clock": "skipped", rekor: "ok" });
    expect(services.asked().map(({ method }) => method)).toEqual(["GET"]);
  });
});

it("what cannot be read does not hide the rest", async () => {
  await writeTrust({ roles: "none" });
  await writeFile(root.at("root.json"), "{}");
  const { outputs } = await doctor({
    ...trust,
    key: "missing.pem",
    "rekor-url": "log.example.com",
    "timestamp-url": "ftp://a.test",
  });
  expect(outputs.failed).toBe(5);
  expect(await found()).toEqual({
    signer: "ok",
    "signing key": "failed",
    rekor: "failed",
    timestamps: "failed",
    "signing clock": "unknown",
    "trusted-root": "failed",
    policy: "failed",
  });
});

it("with nothing to look at is a mistake of the caller", async () => {
  const error = await expectError("NOTHING_TO_PROBE", () => doctor({ model: "model.yaml" }));
  expect(error.family).toBe("configuration");
});
