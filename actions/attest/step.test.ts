import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
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
}

async function attest(texts: Readonly<Record<string, string>>, { attempt = 1, ...where }: Where) {
  const host = releases.host(where);
  const masked: string[] = [];
  const context = { directory: releases.directory, env: {} };
  const given = readInputs(contract, { subject: releases.reference("1.0.0"), key: "lena.pem", ...texts }, context);
  const result = await run(given, {
    ...host,
    run: { ...host.run, attempt },
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
