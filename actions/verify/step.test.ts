import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { encodeSignatureStatement } from "../../src/evidence/index.ts";
import { verifyReportSchema } from "../../src/report/index.ts";
import {
  attachSignature,
  judgeBundle,
  keySigner,
  readSigningKey,
  readTrustedKeys,
  trustKeys,
} from "../../src/signing/index.ts";
import { openLayout } from "../../test/support/packed-release.ts";
import { PromotedReleases } from "../../test/support/promoted-releases.ts";
import { expectError } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { contract } from "./contract.ts";
import { run } from "./step.ts";

let root: Temporary;
let releases: PromotedReleases;
beforeAll(async () => {
  root = await temporaryDirectory();
  releases = await PromotedReleases.build(root.at("releases"), { "1.0.0": "production", "1.1.0": "staging" });
});
afterAll(() => root[Symbol.asyncDispose]());

async function verify(version: string, texts: Readonly<Record<string, string>>) {
  const given = { subject: releases.reference(version), ...texts };
  const { directory } = releases;
  return run(readInputs(contract, given, { directory, env: {} }), releases.host({ id: "1" }));
}

const deploy = { policy: "policy.yaml", for: "deploy", environment: "live" };
const readJson = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(releases.directory, name), "utf8"));

describe("the report", () => {
  it("says what was decided and on what, of its published form", async () => {
    const { refusal, outputs } = await verify("1.0.0", { ...deploy, report: "report.json" });
    expect(refusal).toBeUndefined();
    const report = verifyReportSchema.parse(await readJson("report.json"));
    expect(report).toMatchObject({
      verified: true,
      purpose: "deploy",
      environment: "live",
      state: "production",
      refusal: null,
      release: { version: "1.0.0", subject: releases.subject("1.0.0") },
      signature: { accepted: true, signer: { kind: "key", id: outputs.signer, name: "ci", roles: ["builder"] } },
    });
    const said = report.candidates.map(({ accepted, predicateType, signer }) => [
      accepted,
      predicateType,
      signer?.name,
    ]);
    expect(said).toContainEqual([true, "https://sigstore.dev/cosign/sign/v1", "ci"]);
    expect(said).toContainEqual([true, "urn:slipway:promotion:v1", "lena"]);
    expect(said).toContainEqual([true, "https://slsa.dev/verification_summary/v1", "erin"]);
    const link = report.candidates.find(({ predicateType }) => predicateType === "urn:slipway:promotion:v1");
    expect(link?.time).toEqual({ at: "2026-11-20T10:00:00.000Z", proven: false, by: "the signer" });
    expect(link?.checks.map(({ name, ok }) => [name, ok])).toEqual(
      ["content", "signature", "time", "statement", "subject", "schema"].map((name) => [name, true]),
    );
  });

  it("is written of a refusal, too", async () => {
    const { refusal } = await verify("1.1.0", { ...deploy, report: "refused.json" });
    expect(refusal?.code).toBe("STATE_NOT_PERMITTED");
    const report = verifyReportSchema.parse(await readJson("refused.json"));
    expect(report).toMatchObject({ verified: false, state: "staging", refusal: { code: "STATE_NOT_PERMITTED" } });
  });

  it("has no place: the step fails and says so", async () => {
    await expectError("VERDICT_UNWRITABLE", () => verify("1.0.0", { ...deploy, report: "policy.yaml/report.json" }));
  });
});

describe("the verification summary", () => {
  const signed = { summary: "vsa.json", "summary-key": "lena.pem" };
  const trust = async () => trustKeys(await readTrustedKeys(["lena.pub"], releases.directory));

  it("is signed, about the release, and names purpose, stage, policy and every input", async () => {
    await verify("1.0.0", { ...deploy, ...signed });
    const bundle = await readFile(join(releases.directory, "vsa.json"));
    const judgement = judgeBundle(bundle, releases.subject("1.0.0"), await trust());
    if (!judgement.accepted) throw new Error(judgement.why);
    expect(judgement.statement).toMatchObject({
      predicateType: "https://slsa.dev/verification_summary/v1",
      predicate: {
        verifier: { id: "urn:slipway:verify" },
        resourceUri: `oci://retina/seg@${releases.subject("1.0.0")}?for=deploy&environment=live`,
        verificationResult: "PASSED",
        verifiedLevels: ["SLIPWAY_VERIFIED_FOR_DEPLOY", "SLIPWAY_STAGE_PRODUCTION"],
      },
    });
    const { inputAttestations = [] } = judgement.statement.predicate as { inputAttestations?: unknown[] };
    expect(inputAttestations.length).toBeGreaterThanOrEqual(5);
  });

  it("of a refusal says FAILED and names no stage", async () => {
    await verify("1.1.0", { ...deploy, ...signed });
    const bundle = await readFile(join(releases.directory, "vsa.json"));
    const judgement = judgeBundle(bundle, releases.subject("1.1.0"), await trust());
    expect(judgement).toMatchObject({
      accepted: true,
      statement: { predicate: { verificationResult: "FAILED", verifiedLevels: ["FAILED"] } },
    });
  });

  it.each([{ summary: "vsa.json" }, { "summary-key": "lena.pem" }])(
    "takes place, key and policy: %j",
    async (given) => {
      await expectError("SUMMARY_INCOMPLETE", () => verify("1.0.0", { key: "ci.pub", ...given }));
    },
  );
});

describe("what is shown", () => {
  it("with explain is every candidate with every check", async () => {
    const { summary } = await verify("1.0.0", { ...deploy, explain: "true" });
    expect(summary.tables?.map(({ title }) => title)).toEqual(["Rules", "Signature candidates", "Checks"]);
    const [, candidates] = summary.tables ?? [];
    expect(candidates?.rows.map(([, storage, verdict]) => [storage, verdict])).toContainEqual(["bundle", "accepted"]);
    expect(candidates?.rows.flat().join("\n")).toContain("NOT_A_SIGNATURE it states urn:slipway:promotion:v1");
  });

  it("of a signature by somebody whom the policy trusts with something else is that the role is missing", async () => {
    const copy = await releases.copyTo(root.at("judge-signed"));
    const { directory } = copy;
    const { store, pool } = await openLayout(join(directory, "store"));
    await using _ = pool;
    const digest = copy.subject("1.0.0");
    await attachSignature(store, {
      subject: await store.resolve({ digest }),
      statement: encodeSignatureStatement(digest),
      signer: keySigner(readSigningKey(await readFile(join(directory, "judge.pem")), undefined, "judge")),
      tag: "1.0.0-jetson_sign-judge.1.1",
      created: new Date(0),
      format: "both",
    });
    const given = { subject: copy.reference("1.0.0"), ...deploy, explain: "true" };
    const { summary } = await run(readInputs(contract, given, { directory, env: {} }), copy.host({ id: "1" }));
    const rows = summary.tables?.[1]?.rows.filter(([, , , why]) => why?.startsWith("ROLE_MISSING"));
    expect(rows?.map(([, storage]) => storage)).toEqual(["bundle", "legacy"]);
  });
});
