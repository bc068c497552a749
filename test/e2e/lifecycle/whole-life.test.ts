import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { succeed } from "../../support/command-line.ts";
import { dayAfter, evaluate, inCopyOf, modelName, readyForProduction } from "../../support/release-scene.ts";
import { auditOf } from "./audits.ts";
import { Life, toProduction, toStaging } from "./life.ts";
import { ask, commitCount, digestOfFile, hintsOf, lastCommit, ledgerOf } from "./looks.ts";
import { useOf, usesExpected } from "./uses.ts";
import { accuracyOf, beginWorld, by, publishAll } from "./world.ts";

/*
 * The whole life of three releases through the built command line, as people live it. After each step somebody who does
 * not trust Slipway looks at what is there. The tests tell one story and go on from each other.
 */

let work: string;
let life: Life;
/** When the waivers of the scan of 1.1.0 and 1.2.0 end. */
let waiverEnd: Date;
/** What the auditor is told when 1.1.0 was deployed. */
let told: Awaited<ReturnType<typeof auditOf>>;
/** When 1.0.0 may be archived. */
let sunset: Date;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-whole-life-"));
  await beginWorld(work);
  life = new Life(work, await publishAll(work));
});

afterAll(() => rm(work, { recursive: true, force: true }));

describe("1.0.0, the first release", () => {
  it("is experimental, and nothing else", async () => {
    expect(await life.uses("1.0.0")).toEqual(usesExpected("experimental"));
    const { message } = await life.refuse("GATE_UNMET", life.promotion("1.0.0", toStaging));
    expect(message).toMatch(/lacks 2 of 6 gates to staging: scan, evaluation$/);
    expect([hintsOf(work, "1.0.0"), ledgerOf(work, "1.0.0")]).toEqual([[], []]);
  });

  it("goes to staging with an evaluation and a waiver, by the engineer alone", async () => {
    await evaluate(work, life.reference("1.0.0"), "1.0.0");
    await life.waive("1.0.0", dayAfter(20));
    expect(await useOf(work, life.reference("1.0.0"), "promote")).toMatchObject({ answer: "accepted" });
    await life.refuse("ROLE_REQUIRED", life.promotion("1.0.0", { to: "staging", key: "lead" }));
    await life.promote("1.0.0", toStaging);
    expect(await life.uses("1.0.0")).toEqual(usesExpected("staging"));
  });

  it("goes to production with a shadow result, a plan and a runbook, and is deployed", async () => {
    // That environment permits what is in staging.
    await life.deploy("1.0.0", "preview", "Try it");
    await readyForProduction(work, life.reference("1.0.0"), "withdraw");
    expect(await useOf(work, life.reference("1.0.0"), "promote")).toMatchObject({ answer: "accepted" });
    await life.promote("1.0.0", toProduction);
    expect(await life.uses("1.0.0")).toEqual(usesExpected("production"));
    await life.deploy("1.0.0", "production", "First deployment");
  });

  it("is where it is when a step is run again", async () => {
    const commits = commitCount(work);
    const again = await succeed(life.promotion("1.0.0", toProduction), work);
    expect(again).toMatchObject({ promoted: false, state: "production", sequence: 2, commit: "" });
    const moved = await succeed(life.deployment("1.0.0", "production", "Again"), work);
    expect(moved).toMatchObject({ changed: false, commit: "" });
    expect(commitCount(work)).toBe(commits);
  });
});

describe("1.1.0, the challenger", () => {
  it("is not taken without an evaluation against the champion", async () => {
    await evaluate(work, life.reference("1.1.0"), "1.1.0");
    const { message } = await life.refuse("GATE_UNMET", life.promotion("1.1.0", toStaging));
    expect(message).toMatch(/lacks 2 of 6 gates to staging: scan, evaluation$/);
  });

  it("goes to staging and to production with one, and is deployed", async () => {
    await evaluate(work, life.reference("1.1.0"), "1.1.0", "--baseline", life.reference("1.0.0"));
    waiverEnd = secondsFromNow(4);
    await life.waive("1.2.0", waiverEnd.toISOString());
    await life.waive("1.1.0", waiverEnd.toISOString());
    await life.promote("1.1.0", toStaging);
    await readyForProduction(work, life.reference("1.1.0"), life.reference("1.0.0"));
    const link = await life.promote("1.1.0", toProduction);
    expect(link.predicate["champion"]).toEqual({ subject: life.subject("1.0.0"), version: "1.0.0" });
    await life.deploy("1.1.0", "production", "Better");
  });
});

describe("the auditor", () => {
  it("is told what was done", async () => {
    told = await auditOf(work);
    const { pointer, ...report } = told;
    const { hash, trailers } = lastCommit(work);
    const [first, second] = ledgerOf(work, "1.1.0");
    const policy = digestOfFile(work, "release-policy.yaml");
    expect(report).toMatchObject({ environment: "production", commit: hash, policy, source: "registry and Git" });
    expect(report).toMatchObject({ problems: [], outputs: { pointers: 1, problems: 0 } });
    const subject = life.subject("1.1.0");
    expect(pointer).toMatchObject({
      name: modelName,
      variant: "default",
      file: "production/values.yaml",
      runs: { version: "1.1.0", subject, digest: subject, uri: life.reference("1.1.0") },
      state: "production",
      verdict: { ok: true },
      since: {
        commit: hash,
        action: "update",
        reason: "Better",
        by: { role: "mlops-engineer", key: "erin" },
        run: { id: trailers["Run"]?.replace(/ .*/, ""), attempt: 1 },
      },
      approvals: [
        { from: "experimental", to: "staging", role: "mlops-engineer", key: "erin", statement: first?.digest },
        { from: "staging", to: "production", role: "platform-lead", key: "lena", statement: second?.digest },
      ],
      evaluation: {
        result: "PASSED",
        signedBy: "evaluator/evaluation-ci",
        baselineVersion: "1.0.0",
        metrics: [
          {
            name: "tiny_sums.exact_match,strict-match",
            value: accuracyOf["1.1.0"],
            baseline: accuracyOf["1.0.0"],
            sampleSize: 400,
            passed: true,
          },
        ],
      },
      origin: {
        owner: "team@example.com",
        trainingRun: "https://mlflow.example.com/#/experiments/7/runs/0123456789ab",
        dataset: "tiny-sums",
        datasetVersion: "2026-10",
        codeRepository: "https://git.example.com/ml/tiny-llm",
        codeCommit: "a".repeat(40),
        trainedBy: "ml-team@example.com",
      },
      waivers: [{ gate: "scan", to: "staging", reason: "No scanner", by: "platform-lead/lena" }],
      replaced: { version: "1.0.0", subject: life.subject("1.0.0") },
      goBack: {
        command: expect.stringContaining(`slipway rollback ${modelName} --environment production`),
        candidates: [{ version: "1.0.0", accepted: true }],
      },
      holds: [],
    });
    expect(pointer.problem).toBeUndefined();
    expect(pointer.history.map(({ version, action, reason }) => [version, action, reason])).toEqual([
      ["1.1.0", "update", "Better"],
      ["1.0.0", "update", "First deployment"],
      ["nothing", "edit", `Deploy ${modelName} in production, without a model yet`],
    ]);
    const commits = ask(work, "log", "--format=%H", "main", "--", "production/values.yaml").split("\n");
    expect(pointer.history.map(({ commit }) => commit)).toEqual(commits);
  });

  it("is told the same by Git when the store is gone", async () => {
    await inCopyOf(work, async (copy) => {
      await rm(join(copy, "store"), { recursive: true });
      const without = await auditOf(copy);
      expect(without.source).toBe("Git only");
      expect(withoutAge(without.pointer)).toEqual(withoutAge(told.pointer));
    });
  });

  it("is shown the waiver with its date, also when that has passed", async () => {
    const [waiver] = told.pointer.waivers;
    expect(Date.parse(waiver?.until ?? "")).toBe(waiverEnd.getTime());
    await sleep(Math.max(1, waiverEnd.getTime() - Date.now() + 1));
    const { pointer } = await auditOf(work);
    expect(pointer.waivers).toEqual([{ ...waiver, expired: true }]);
    // What it let through stays: the promotion was made while it held.
    expect(pointer.verdict.ok).toBe(true);
    expect(await useOf(work, life.reference("1.1.0"), "deploy")).toMatchObject({ answer: "accepted" });
  });
});

describe("1.2.0, which nobody scanned either", () => {
  it("needs a waiver that has not ended", async () => {
    await evaluate(work, life.reference("1.2.0"), "1.2.0", "--baseline", life.reference("1.1.0"));
    const { message, details } = await life.refuse("GATE_UNMET", life.promotion("1.2.0", toStaging));
    expect(message).toMatch(/lacks 1 of 6 gates to staging: scan$/);
    expect(details).toContain(`ran out on ${waiverEnd.toISOString().replace(".000Z", "Z")}`);
    await life.waive("1.2.0", dayAfter(20));
    expect(await useOf(work, life.reference("1.2.0"), "promote")).toMatchObject({ answer: "accepted" });
  });
});

describe("1.0.0, at the end of its life", () => {
  const retirement = (end: Date) => ({
    to: "retired" as const,
    key: "owner" as const,
    more: ["--replacement", life.reference("1.1.0"), "--sunset", end.toISOString(), "--migration", "Use 1.1.0"],
  });

  it("is retired by its owner, when the platform team has approved", async () => {
    const far = secondsFromNow(3600);
    const lacking = async (step: Parameters<Life["promotion"]>[1]) =>
      (await life.refuse("GATE_UNMET", life.promotion("1.0.0", step))).message.replace(/^.*: /, "");
    expect(await lacking({ to: "retired", key: "owner" })).toBe("replacement, sunset, migration-path, approval");
    const approval = ["attest", life.reference("1.0.0"), "--type", "approval", "--reason", "Agreed"];
    await succeed([...approval, "--to", "archived", ...by("lead")], work);
    await succeed([...approval, "--to", "retired", ...by("engineer")], work);
    expect(await lacking(retirement(far))).toBe("approval");
    await succeed([...approval, "--to", "retired", ...by("lead")], work);
    await life.refuse("ROLE_REQUIRED", life.promotion("1.0.0", { ...retirement(far), key: "lead" }));
    // It runs in both environments again.
    await life.deploy("1.0.0", "production", "Compare them again");
    sunset = secondsFromNow(12);
    const link = await life.promote("1.0.0", { ...retirement(sunset), gates: { approval: "lead" } });
    expect(link.predicate["retirement"]).toEqual({
      replacement: life.subject("1.1.0"),
      sunset: sunset.toISOString(),
      migration: "Use 1.1.0",
    });
  });

  it("is not archived before its sunset, nor while a pointer of any environment names it", async () => {
    const archive = life.promotion("1.0.0", { to: "archived", key: "engineer" });
    const early = await life.refuse("GATE_UNMET", archive);
    expect(early.message).toMatch(/lacks 2 of 2 gates to archived: sunset-over, no-consumers$/);
    expect(await life.uses("1.0.0")).toEqual(usesExpected("retired"));
    const { warnings } = await useOf(work, life.reference("1.0.0"), "serve");
    expect(warnings.find((text) => text.startsWith("state: "))).toBe(
      `state: it is retired, until ${sunset.toISOString()}; replaced by ${life.subject("1.1.0")}: Use 1.1.0`,
    );
    await sleep(Math.max(1, sunset.getTime() - Date.now() + 1));
    const both = await life.refuse("GATE_UNMET", archive);
    expect(both.details).toContain("named by preview/preview/pin.json, production/production/values.yaml");
    await life.deploy("1.1.0", "production", "Instead of 1.0.0");
    const one = await life.refuse("GATE_UNMET", archive);
    expect(one.message).toMatch(/lacks 1 of 2 gates to archived: no-consumers$/);
    expect(one.details).toContain("named by preview/preview/pin.json;");
  });

  it("is archived when both are over, and not used any more", async () => {
    await life.deploy("1.1.0", "preview", "Instead of 1.0.0");
    expect(await useOf(work, life.reference("1.0.0"), "promote")).toMatchObject({ answer: "accepted" });
    await life.promote("1.0.0", { to: "archived", key: "engineer" });
    expect(await life.uses("1.0.0")).toEqual(usesExpected("archived"));
    await life.refuse("STATE_NOT_PERMITTED", life.deployment("1.0.0", "production", "Old friend"));
    const dryRun = life.rollback("Where to?", "--to", "1.0.0", "--dry-run");
    const { details } = await life.refuse("ROLLBACK_NO_CANDIDATE", dryRun);
    expect(details).toMatch(/1\.0\.0 sha256:\S+ STATE_NOT_PERMITTED .* is archived/);
  });
});

describe("whatever state it is in, a release", () => {
  const revocation = (key: "lead" | "security", ...more: readonly string[]) => ({
    to: "revoked" as const,
    key,
    more: ["--reason", "Poisoned data", ...more],
  });
  const advised = ["--advisory", "ADV-1"];

  it("is revoked by the security role alone, with a reason and an advisory", async () => {
    await life.refuse("ROLE_REQUIRED", life.promotion("1.1.0", revocation("lead", ...advised)));
    const { message } = await life.refuse("GATE_UNMET", life.promotion("1.1.0", revocation("security")));
    expect(message).toMatch(/lacks 1 of 2 gates to revoked: advisory$/);
    for (const version of ["1.0.0", "1.1.0"] as const) {
      const link = await life.promote(version, revocation("security", ...advised));
      expect(link.predicate).toMatchObject({ reason: "Poisoned data", advisory: "ADV-1" });
    }
    expect(await life.uses("1.1.0")).toEqual(usesExpected("revoked"));
    expect(ledgerOf(work, "1.0.0").map(({ predicate }) => predicate["from"])).toEqual([
      "experimental",
      "staging",
      "production",
      "retired",
      "archived",
    ]);
  });

  it("stays where it is when it was revoked, and the audit says so", async () => {
    const { pointer, outputs } = await auditOf(work);
    expect(pointer).toMatchObject({ runs: { version: "1.1.0" }, state: "revoked", verdict: { ok: false } });
    expect(pointer.verdict.findings).toContainEqual({ rule: "state", finding: "revoked: Poisoned data; ADV-1" });
    expect(outputs).toMatchObject({ problems: 1 });
  });

  it("is not deployed with success because it runs already", async () => {
    await life.refuse("RELEASE_REVOKED", life.deployment("1.1.0", "production", "Nevertheless"));
  });
});

/** How old a waiver is depends on when it is asked. */
function withoutAge<P extends { readonly waivers: readonly { readonly expired: boolean }[] }>(pointer: P) {
  return { ...pointer, waivers: pointer.waivers.map(({ expired: _, ...waiver }) => waiver) };
}

/** A whole second, so that it is written the same everywhere. */
function secondsFromNow(seconds: number): Date {
  return new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000);
}
