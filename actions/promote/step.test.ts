import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { PromotedReleases } from "../../test/support/promoted-releases.ts";
import { expectError } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { treeOf } from "../../test/support/tree.ts";
import { contract } from "./contract.ts";
import { run } from "./step.ts";

let root: Temporary;
let releases: PromotedReleases;
/** Like the first, with 1.1.0 in production. */
let ahead: PromotedReleases;
beforeAll(async () => {
  root = await temporaryDirectory();
  releases = await PromotedReleases.build(root.at("releases"), {
    "1.0.0": "production",
    "1.1.0": "staging",
    "1.2.0": "experimental",
  });
  ahead = await releases.copyTo(root.at("ahead"));
  await ahead.promote("1.1.0", "production", "lena");
});
afterAll(() => root[Symbol.asyncDispose]());

let copies = 0;
function copyOf(from: PromotedReleases): Promise<PromotedReleases> {
  copies += 1;
  return from.copyTo(root.at(`copy-${copies}`));
}

interface Asked {
  readonly version: string;
  readonly to: string;
  readonly [input: string]: string;
}

/** Runs the step as somebody would in the directory of some releases. */
async function promote({ version, ...texts }: Asked, at = releases, id = "4711") {
  const host = at.host({ id });
  const given = { subject: at.reference(version), policy: "policy.yaml", ...texts };
  const result = await run(readInputs(contract, given, { directory: at.directory, env: {} }), host);
  return { ...result, lines: host.lines };
}

const plan = (asked: Asked, at = releases) => promote({ plan: "true", ...asked }, at);

/** What a person is shown, by label. */
const factsOf = ({ summary }: Awaited<ReturnType<typeof promote>>) =>
  Object.fromEntries(summary.facts.map(({ label, value }) => [label, value]));

/** The same releases under another policy. */
async function under(edit: (policy: string) => string, from = releases): Promise<PromotedReleases> {
  const copy = await copyOf(from);
  const file = join(copy.directory, "policy.yaml");
  const text = await readFile(file, "utf8");
  const edited = edit(text);
  if (edited === text) throw new Error("the policy is the same");
  await writeFile(file, edited);
  return copy;
}

const gates = (to: string, list: string) => (policy: string) =>
  policy.replace(new RegExp(`(  ${to}: .*)gates: \\[owner\\]`), `$1gates: [${list}]`);

describe("a plan", () => {
  it("says that it may be done, by whom, and beside which champion", async () => {
    const result = await plan({ version: "1.2.0", to: "staging" });
    expect(result).not.toHaveProperty("refusal");
    expect(result.summary.title).toBe("Plan: retina/seg 1.2.0 jetson may be promoted to staging");
    expect(factsOf(result)).toEqual({
      subject: releases.subject("1.2.0"),
      transition: "experimental → staging",
      champion: "1.0.0",
      "may authorise": "mlops-engineer (erin)",
    });
    expect(result.summary.tables?.[0]?.rows).toEqual([["owner", "✓ met", "owned by vision-team@example.com"]]);
    expect(result.outputs).toEqual({
      state: "experimental",
      promoted: false,
      link: "",
      sequence: 0,
      commit: "",
      missing: 0,
      subject: releases.subject("1.2.0"),
    });
  });

  it("says everything that is missing, each with what to do", async () => {
    const strict = await under(gates("production", "owner, signature, shadow, rollback-plan, runbook"));
    const result = await plan({ version: "1.1.0", to: "production" }, strict);
    expect(result).not.toHaveProperty("refusal");
    expect(result.outputs).toMatchObject({ state: "staging", promoted: false, missing: 3 });
    expect(result.summary.title).toMatch(
      /^Plan: .* may not be promoted to production yet: .* lacks 3 of 5 gates to production: shadow, rollback-plan, runbook$/,
    );
    const rows = result.summary.tables?.[0]?.rows ?? [];
    expect(rows.map(([gate, outcome]) => [gate, outcome])).toEqual([
      ["owner", "✓ met"],
      ["signature", "✓ met"],
      ["shadow", "✗ missing"],
      ["rollback-plan", "✗ missing"],
      ["runbook", "✗ missing"],
    ]);
    for (const [, outcome, finding] of rows) expect(finding?.includes(" → ")).toBe(outcome === "✗ missing");
  });

  it("of a step too far says which comes first, and judges the gates all the same", async () => {
    const result = await plan({ version: "1.2.0", to: "production" });
    expect(result.summary.title).toMatch(/may not be promoted to production yet: .* goes from experimental to staging/);
    expect(result.summary.tables?.[0]?.rows).toHaveLength(1);
    expect(factsOf(result)).toMatchObject({ "may authorise": "platform-lead (lena)" });
  });

  it.each([
    ["erin", "mlops-engineer", /may be promoted to staging$/],
    ["lena", undefined, /may not be promoted to staging yet: "lena" has the role platform-lead/],
  ])("with the key of %s says as what it would act", async (person, role, title) => {
    const result = await plan({ version: "1.2.0", to: "staging", key: `${person}.pem` });
    expect(result.summary.title).toMatch(title);
    expect(factsOf(result)["acting as"]).toBe(role);
  });

  it("says when nobody has a key that counts", async () => {
    const orphaned = await under((policy) => policy.replace("name: lena", "name: lena, until: 2026-11-20T11:00:00Z"));
    const result = await plan({ version: "1.1.0", to: "production" }, orphaned);
    expect(factsOf(result)["may authorise"]).toBe("platform-lead (no key in the policy)");
  });

  it("of the state that it has says so", async () => {
    const result = await plan({ version: "1.1.0", to: "staging" });
    expect(result.summary.title).toBe("Plan: retina/seg 1.1.0 jetson is staging already");
    expect(factsOf(result)).toMatchObject({ transition: "is staging already" });
    expect(result.outputs).toMatchObject({ state: "staging", promoted: false, sequence: 1, missing: 0 });
    expect(result.outputs.link).toMatch(/^sha256:/);
  });

  it("of the first release names no champion", async () => {
    const only = await PromotedReleases.build(root.at("only"), { "1.0.0": "experimental" });
    expect(factsOf(await plan({ version: "1.0.0", to: "staging" }, only))).toMatchObject({
      champion: "none: this would be the first release",
    });
  });

  it("of an archiving says what still uses it", async () => {
    const result = await plan({ version: "1.0.0", to: "archived" });
    expect(result.summary.tables?.[0]?.rows.map(([gate]) => gate)).toContain("no-consumers");
  });

  it("writes nothing, whatever is asked for and by whom", async () => {
    const before = await treeOf(releases.directory);
    for (const [version, to] of [
      ["1.0.0", "archived"],
      ["1.1.0", "production"],
      ["1.1.0", "staging"],
      ["1.2.0", "revoked"],
    ] as const) {
      for (const key of [{}, { key: "lena.pem" }, { key: "sam.pem" }]) await plan({ version, to, ...key });
    }
    expect(await treeOf(releases.directory)).toEqual(before);
  });

  it("of a chain that diverged is refused, as the promotion would be", async () => {
    const diverged = await copyOf(releases);
    await takeStore(diverged, ahead);
    const before = await treeOf(diverged.directory);
    await expectError("CHAIN_DIVERGED", () => plan({ version: "1.1.0", to: "production", key: "lena.pem" }, diverged));
    await expectError("RESOLVE_UNPLANNED", () =>
      plan({ version: "1.1.0", to: "production", key: "lena.pem", resolve: "true" }, diverged),
    );
    expect(await treeOf(diverged.directory)).toEqual(before);
  });
});

describe("nothing is promoted", () => {
  it.each([
    ["without a key", "KEY_NEEDED", {}],
    ["without a key, also to join", "KEY_NEEDED", { resolve: "true" }],
    ["by a stranger", "SIGNER_UNKNOWN", { key: "stranger.pem" }],
    ["by tag alone", "DIGEST_REQUIRED", { key: "erin.pem", subject: "oci:store:1.2.0-jetson" }],
    ["without a policy", "POLICY_UNREADABLE", { key: "erin.pem", policy: "nowhere.yaml" }],
    ["when there is nothing to join", "NOTHING_TO_RESOLVE", { key: "erin.pem", resolve: "true" }],
    ["for a reason of two lines", "LINK_INVALID", { key: "erin.pem", reason: "Fine\nApproved-By: lena" }],
  ])("%s", async (_, code, texts) => {
    const before = await treeOf(releases.directory);
    await expectError(code, () => promote({ version: "1.2.0", to: "staging", ...texts }));
    expect(await treeOf(releases.directory)).toEqual(before);
  });

  it("by somebody without the role, and everything is shown that a plan shows", async () => {
    const before = await treeOf(releases.directory);
    const result = await promote({ version: "1.2.0", to: "staging", key: "lena.pem" });
    expect(result).toMatchObject({
      refusal: { code: "ROLE_REQUIRED" },
      outputs: { state: "experimental", promoted: false, link: "", commit: "", missing: 0 },
      summary: { title: "Refused: retina/seg 1.2.0 jetson stays experimental", tables: [{ title: "Gates" }] },
    });
    expect(await treeOf(releases.directory)).toEqual(before);
  });
});

describe("a promotion", () => {
  it("is in Git, said in words, and done again is there already", async () => {
    const work = await copyOf(releases);
    const asked = { version: "1.1.0", to: "production", key: "lena.pem", reason: "A week of shadow traffic." };
    const once = await promote(asked, work);
    expect(once).not.toHaveProperty("refusal");
    expect(once.summary.title).toBe("Promoted retina/seg 1.1.0 jetson to production");
    expect(once.outputs).toMatchObject({ state: "production", promoted: true, sequence: 2, missing: 0 });
    expect(work.lastCommit("%H")).toBe(once.outputs.commit);
    const message = work.lastCommit();
    for (const said of [
      "Promote retina/seg 1.1.0 (jetson) to production",
      "platform-lead/lena moved retina/seg 1.1.0 (jetson) from staging to production.",
      "Why: A week of shadow traffic.",
      "The champion was 1.0.0.",
      "Approved-By: platform-lead/lena",
      `Evidence-Digest: ${once.outputs.link}`,
      "Run: 4711 attempt 1",
    ])
      expect(message).toContain(said);
    const commits = work.commits();
    const twice = await promote(asked, work, "4712");
    expect(twice.summary.title).toBe("retina/seg 1.1.0 jetson is production already");
    expect(twice.outputs).toEqual({ ...once.outputs, promoted: false, commit: "" });
    expect(work.commits()).toBe(commits);
  });

  it("without a ledger says what would not be noticed", async () => {
    const alone = await under((policy) => policy.replace(/^ledger: .*\n/m, ""));
    const commits = alone.commits();
    const result = await promote({ version: "1.1.0", to: "production", key: "lena.pem" }, alone);
    expect(result.outputs).toMatchObject({ state: "production", promoted: true, sequence: 2, commit: "" });
    expect(result.lines.join()).toMatch(/names no ledger: a last link that is deleted/);
    expect(alone.commits()).toBe(commits);
  });
});

it("a chain that diverged is joined, the same again is no mistake, and one that was cut off is completed", async () => {
  const work = await copyOf(releases);
  await takeStore(work, ahead);
  const asked = { version: "1.1.0", to: "production", key: "lena.pem", resolve: "true", reason: "Both were right." };
  const joined = await promote(asked, work);
  expect(joined.summary.title).toBe("Joined the chain of retina/seg 1.1.0 jetson: it is production");
  expect(joined.outputs).toMatchObject({ state: "production", promoted: true, sequence: 2 });
  expect(work.lastCommit("%H")).toBe(joined.outputs.commit);
  expect(work.lastCommit("%s")).toBe("Join the promotions of retina/seg 1.1.0 (jetson) as production");
  const commits = work.commits();
  const again = await promote(asked, work, "4712");
  expect(again.outputs).toEqual({ ...joined.outputs, promoted: false, commit: "" });
  // As if it had been killed right after the push.
  await takeStore(work, ahead);
  expect((await promote(asked, work, "4713")).outputs).toEqual(again.outputs);
  expect(work.commits()).toBe(commits);
  const after = await plan({ version: "1.1.0", to: "revoked", reason: "Why", advisory: "ADV-1" }, work);
  expect(after.summary.title).toMatch(/may be promoted to revoked$/);
});

/** Puts one copy's store into the place of another's. */
async function takeStore(to: PromotedReleases, from: PromotedReleases): Promise<void> {
  await rm(join(to.directory, "store"), { recursive: true });
  await cp(join(from.directory, "store"), join(to.directory, "store"), { recursive: true });
}
