import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readInputs, type Workflow } from "../../src/contract/index.ts";
import { digestOf, hexOf } from "../../src/oci/index.ts";
import { parseTag } from "../../src/release/index.ts";
import { collectEvidence, readTrustedKeys, trustKeys } from "../../src/signing/index.ts";
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
  releases = await PromotedReleases.build(root.at("releases"), { "1.0.0": "experimental" });
});
afterAll(() => root[Symbol.asyncDispose]());

const approval = { type: "approval", to: "production", reason: "Reviewed" };

interface Where {
  readonly id: string;
  readonly attempt?: number;
  readonly at?: Date;
  /** In GitHub Actions, in this workflow. */
  readonly workflow?: Workflow;
}

async function attest(texts: Readonly<Record<string, string>>, { attempt = 1, workflow, ...where }: Where) {
  const host = releases.host(where);
  const masked: string[] = [];
  const context = { directory: releases.directory, env: {} };
  const given = readInputs(contract, { subject: releases.reference("1.0.0"), key: "lena.pem", ...texts }, context);
  const result = await run(given, {
    ...host,
    ...(workflow === undefined ? {} : { name: "github" }),
    run: { ...host.run, attempt, workflow },
    mask: (secret) => void masked.push(secret),
  });
  return { ...result, masked };
}

async function inStore() {
  const { store, pool } = await openLayout(join(releases.directory, "store"));
  await using _ = pool;
  const trust = trustKeys(await readTrustedKeys(["lena.pub"], releases.directory));
  const tags = await store.tags();
  const evidence = await collectEvidence(store, releases.subject("1.0.0"), trust);
  return { tags, evidence };
}

const file = (name: string, content: string | Uint8Array) => writeFile(join(releases.directory, name), content);

describe("a statement", () => {
  it("is signed, attached to the release by digest, and found again by what the step puts out", async () => {
    const { outputs, summary, masked } = await attest(approval, { id: "first" });
    const { evidence, tags } = await inStore();
    const own = evidence.find(({ holder }) => holder === outputs.bundle);
    expect(own?.judgement).toMatchObject({
      accepted: true,
      digest: outputs.statement,
      signatory: { fingerprint: outputs.signer },
      statement: {
        predicateType: "urn:slipway:approval:v1",
        subject: [{ digest: { sha256: releases.subject("1.0.0").slice(7) } }],
        predicate: {
          to: "production",
          reason: "Reviewed",
          approvedOn: "2026-11-20T12:00:00.000Z",
          run: { id: "first", attempt: 1 },
        },
      },
    });
    expect(tags).toContain(outputs.tag);
    expect(parseTag(outputs.tag)).toMatchObject({
      kind: "evidence",
      version: "1.0.0",
      variant: "jetson",
      check: expect.stringMatching(/^approval-[0-9a-f]{8}$/),
      run: "first",
      attempt: 1,
    });
    expect(summary.title).toBe("Attested approval of retina/seg 1.0.0 jetson");
    expect(summary.facts).toContainEqual({ label: "reason", value: "Reviewed" });
    expect(masked.join()).toMatch(/PRIVATE KEY/);
  });

  it("made again in the same run, at whatever time, is there already", async () => {
    const once = await attest(approval, { id: "again" });
    const { tags } = await inStore();
    const twice = await attest(approval, { id: "again", at: new Date("2026-11-21T00:00:00Z") });
    expect(twice.outputs).toEqual(once.outputs);
    expect((await inStore()).tags).toEqual(tags);
  });

  it.each([
    ["another run", {}, { id: "other" }],
    ["another attempt", {}, { id: "one", attempt: 2 }],
    ["another reason", { reason: "Reviewed twice" }, { id: "one" }],
    ["another key", { key: "erin.pem" }, { id: "one" }],
  ])("of %s is another one", async (_, texts, where) => {
    const one = await attest(approval, { id: "one" });
    const other = await attest({ ...approval, ...texts }, where);
    expect(other.outputs.bundle).not.toBe(one.outputs.bundle);
    expect(other.outputs.tag).not.toBe(one.outputs.tag);
    expect((await inStore()).tags).toEqual(expect.arrayContaining([one.outputs.tag, other.outputs.tag]));
  });

  it("of any type comes from a file", async () => {
    await file("privacy.yaml", "reviewed: true\nby: [legal]\n");
    const texts = { type: "custom", "predicate-type": "https://example.com/privacy/v1", predicate: "privacy.yaml" };
    const { outputs } = await attest(texts, { id: "custom" });
    const own = (await inStore()).evidence.find(({ holder }) => holder === outputs.bundle);
    expect(own?.judgement).toMatchObject({
      statement: { predicateType: "https://example.com/privacy/v1", predicate: { reviewed: true, by: ["legal"] } },
    });
  });

  const custom = { type: "custom", "predicate-type": "https://example.com/lineage/v1", predicate: "lineage.json" };

  it("of any type by another run is there already, under the tag of the run that made it", async () => {
    await file("lineage.json", '{"basedOn": "retina-2"}');
    const { outputs } = await attest(custom, { id: "made" });
    expect(outputs.tag).toMatch(/_custom-[0-9a-f]{8}\.made\.1$/);
    const { tags } = await inStore();
    expect((await attest(custom, { id: "later" })).outputs).toEqual(outputs);
    expect((await inStore()).tags).toEqual(tags);
  });

  it("of any type that was corrected is another one, whatever its members are called", async () => {
    const made = [];
    for (const basedOn of ["retina-3", "retina-4", "retina-4"]) {
      await file("lineage.json", JSON.stringify({ basedOn }));
      made.push((await attest(custom, { id: "corrected" })).outputs.statement);
    }
    expect(new Set(made).size).toBe(2);
    expect(made[2]).toBe(made[1]);
  });
});

const builder = "https://github.com/o/r/.github/workflows/release.yml@refs/heads/main";

describe("provenance", () => {
  it("is made from the release and the run, and is there already for the same attempt at whatever time", async () => {
    const workflow = { builder, repository: "https://github.com/o/r", commit: "a".repeat(40) };
    const { outputs, summary } = await attest({ type: "provenance" }, { id: "42", workflow });
    const { evidence, tags } = await inStore();
    const own = evidence.find(({ holder }) => holder === outputs.bundle);
    expect(own?.judgement).toMatchObject({
      accepted: true,
      statement: {
        predicateType: "https://slsa.dev/provenance/v1",
        predicate: {
          buildDefinition: {
            externalParameters: { name: "retina/seg", version: "1.0.0", variant: "jetson" },
            resolvedDependencies: expect.arrayContaining([
              { name: "weights.bin", digest: { sha256: hexOf(digestOf("the weights of 1.0.0")) } },
              { name: "dataset:retina@3", uri: "urn:slipway:dataset:retina%403" },
              { uri: `git+https://github.com/o/r@${"a".repeat(40)}`, digest: { gitCommit: "a".repeat(40) } },
            ]),
          },
          runDetails: { builder: { id: builder }, metadata: { invocationId: "42/1" } },
        },
      },
    });
    expect(summary.facts).toContainEqual({ label: "builder", value: builder, code: true });
    const later = { id: "42", workflow, at: new Date("2026-11-21T00:00:00Z") };
    expect((await attest({ type: "provenance" }, later)).outputs).toEqual(outputs);
    expect((await inStore()).tags).toEqual(tags);
  });

  it("of another attempt, by another key or from a file is another one", async () => {
    const made = [
      await attest({ type: "provenance" }, { id: "43" }),
      await attest({ type: "provenance" }, { id: "43", attempt: 2 }),
      await attest({ type: "provenance", key: "erin.pem" }, { id: "43" }),
    ];
    const definition = { buildType: "https://example.com/train/v1", externalParameters: {} };
    await file("train.json", JSON.stringify({ buildDefinition: definition, runDetails: { builder: { id: "x" } } }));
    for (const id of ["43", "44"]) {
      made.push(await attest({ type: "provenance", predicate: "train.json" }, { id }));
    }
    expect(new Set(made.map(({ outputs }) => outputs.bundle)).size).toBe(4);
    expect(made[4]?.outputs).toEqual(made[3]?.outputs);
  });
});

describe("an approval on GitHub", () => {
  const review = (state: string) => ({
    state,
    comment: "Ship it!",
    environments: [{ name: "live" }],
    user: { login: "octocat" },
  });

  /** GitHub, as far as this asks it. */
  async function github(answer: unknown): Promise<Workflow> {
    const server = createServer((request, response) => {
      const asked = `${request.method} ${request.url} ${request.headers.authorization}`;
      const known = asked === "GET /api/repos/o/r/actions/runs/42/approvals Bearer ghs_very-secret";
      response.writeHead(known ? 200 : 404).end(JSON.stringify(answer));
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    return { builder, repository: "https://github.com/o/r", api: `http://127.0.0.1:${port}/api` };
  }
  const texts = { ...approval, "github-token": "token" };

  it("states who approved the run, and hides the token", async () => {
    await file("token", "ghs_very-secret\n");
    const workflow = await github([review("approved"), review("pending")]);
    const { outputs, summary, masked } = await attest(texts, { id: "42", workflow });
    const own = (await inStore()).evidence.find(({ holder }) => holder === outputs.bundle);
    const stated = { user: "octocat", comment: "Ship it!", environments: ["live"], state: "approved" };
    expect(own?.judgement).toMatchObject({
      statement: { predicate: { to: "production", environment: "live", approvals: [stated] } },
    });
    expect(summary.facts).toContainEqual({ label: "approved on GitHub by", value: "octocat" });
    expect(masked).toContain("ghs_very-secret");
  });

  it.each([
    ["by nobody", "APPROVAL_NOT_GRANTED", []],
    ["that was rejected", "APPROVAL_NOT_GRANTED", [review("rejected")]],
    ["that waits", "APPROVAL_NOT_GRANTED", [review("pending")]],
    ["that nobody can read", "GITHUB_CONFUSED", { message: "ghs_very-secret" }],
  ])("%s is not attached", async (_, code, answer) => {
    await file("token", "ghs_very-secret");
    const { tags } = await inStore();
    const workflow = await github(answer);
    const error = await expectError(code, () => attest(texts, { id: "42", workflow }));
    expect(`${error.message} ${error.remedy}`).not.toContain("ghs_");
    expect((await inStore()).tags).toEqual(tags);
  });

  it("is not asked for of another run than the token is for", async () => {
    await file("token", "ghs_very-secret");
    const workflow = await github([review("approved")]);
    await expectError("GITHUB_REFUSED", () => attest(texts, { id: "43", workflow }));
  });

  it("cannot be asked for elsewhere, and no other type asks", async () => {
    await file("token", "ghs_very-secret");
    await expectError("APPROVALS_UNKNOWN", () => attest(texts, { id: "42" }));
    await expectError("APPROVALS_UNKNOWN", () => attest(texts, { id: "42", workflow: { builder } }));
    const plan = { type: "rollback-plan", plan: "withdraw", "github-token": "token" };
    expect((await attest(plan, { id: "42" })).outputs.tag).toContain("rollback-plan");
  });
});

describe("nothing is attached", () => {
  const refusals: readonly [string, string, Readonly<Record<string, string>>, (() => Promise<unknown>)?][] = [
    ["to a tag without a digest", "DIGEST_REQUIRED", { subject: "oci:store:1.0.0-jetson" }],
    ["to a digest that is not there", "NOT_FOUND", { subject: `oci:store@sha256:${"0".repeat(64)}` }],
    ["to a store that is not there", "STORE_NOT_FOUND", { subject: `oci:nowhere:1-x@sha256:${"0".repeat(64)}` }],
    ["without a key", "SECRET_UNREADABLE", { key: "nobody.pem" }],
    ["with a public key", "KEY_MALFORMED", { key: "lena.pub" }],
    ["without the file", "PREDICATE_UNREADABLE", { type: "shadow", predicate: "nowhere.json" }],
    [
      "of a file that is a directory",
      "PREDICATE_UNREADABLE",
      { type: "shadow", predicate: "directory" },
      () => mkdir(join(releases.directory, "directory")),
    ],
    [
      "of a file of more than 1 MiB",
      "PREDICATE_UNREADABLE",
      { type: "shadow", predicate: "large.json" },
      () => file("large.json", " ".repeat(1024 * 1024 + 1)),
    ],
    [
      "of a file that does not fit",
      "PREDICATE_INVALID",
      { type: "shadow", predicate: "wrong.json" },
      () => file("wrong.json", '{"result": "GREAT"}'),
    ],
    [
      "of what no scanner found",
      "PREDICATE_INVALID",
      { type: "scan", predicate: "trivy.json" },
      () => file("trivy.json", '{"SchemaVersion": 2, "Results": []}'),
    ],
    [
      "of a bill of materials of nothing",
      "PREDICATE_INVALID",
      { type: "sbom", predicate: "bom.json" },
      () => file("bom.json", '{"bomFormat": "CycloneDX", "specVersion": "1.6"}'),
    ],
    [
      "of a waiver that is over",
      "PREDICATE_INVALID",
      { type: "waiver", gate: "scan", to: "staging", reason: "Late", until: "2026-11-19" },
    ],
  ];
  it.each(refusals)("%s", async (_, code, texts, prepare) => {
    await prepare?.();
    const { tags } = await inStore();
    await expectError(code, () => attest({ ...approval, ...texts }, { id: "refused" }));
    expect((await inStore()).tags).toEqual(tags);
  });

  it("to a tag that points elsewhere", async () => {
    const subject = `oci:store:1.0.0-jetson@sha256:${"0".repeat(64)}`;
    await expectError("TAG_MISMATCH", () => attest({ ...approval, subject }, { id: "refused" }));
  });
});
