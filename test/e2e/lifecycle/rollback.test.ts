import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { succeed } from "../../support/command-line.ts";
import {
  buildScene,
  dayAfter,
  editGitops,
  evaluate,
  modelName,
  readyForProduction,
} from "../../support/release-scene.ts";
import { auditOf } from "./audits.ts";
import { Life, toProduction, toStaging } from "./life.ts";
import { ask, commitCount, filesIn, lastCommit, ledgerOf, statementAt } from "./looks.ts";
import { useOf, usesExpected } from "./uses.ts";

/*
 * The way back, through the built command line. 1.0.0 and then 1.1.0 run in production; 1.2.0 replaces them and does not
 * keep what it promised. The tests tell one story and go on from each other.
 */

const holds = `slipway/holds/production/${modelName}/default`;

let directory: string;
let work: string;
let life: Life;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-rollback-"));
  const { moments, releases } = await buildScene(directory);
  work = moments.replaced;
  life = new Life(work, { "1.0.0": releases.champion, "1.1.0": releases.staged, "1.2.0": releases.fresh });
  await evaluate(work, life.reference("1.2.0"), "1.2.0", "--baseline", life.reference("1.1.0"));
  await life.waive("1.2.0", dayAfter(20));
  await life.promote("1.2.0", toStaging);
  await readyForProduction(work, life.reference("1.2.0"), life.reference("1.1.0"));
  await life.promote("1.2.0", toProduction);
  await life.deploy("1.2.0", "production", "Faster");
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe("1.2.0, which does not keep its promises", () => {
  it("is left by a rollback: one commit with a reason, an event and a hold", async () => {
    const commits = commitCount(work);
    const outputs = await succeed(life.rollback("Latency"), work);
    const [from, to] = [life.subject("1.2.0"), life.subject("1.1.0")];
    const { hash, subject, author, trailers, files } = lastCommit(work);
    expect(outputs).toMatchObject({ changed: true, commit: hash, subject: to, held: from });
    expect(commitCount(work)).toBe(commits + 1);
    expect([subject, author]).toEqual([`Roll back ${modelName} (default) in production to 1.1.0`, "erin"]);
    const hold = `${holds}/${from.replace("sha256:", "")}.json`;
    const event = files.find((file) => file.includes("/events/"))?.replace("A\t", "") ?? "";
    expect(files.toSorted()).toEqual([`A\t${event}`, `A\t${hold}`, "M\tproduction/values.yaml"]);
    const { digest, ...signed } = statementAt(work, event);
    expect(signed).toMatchObject({
      signer: "engineer",
      type: "urn:slipway:pointer-event:v1",
      subject: to,
      predicate: { action: "rollback", reason: "Latency", from: { version: "1.2.0", subject: from }, holds: from },
    });
    expect(JSON.parse(ask(work, "show", `main:${hold}`))).toMatchObject({
      subject: from,
      version: "1.2.0",
      reason: "Latency",
      by: "mlops-engineer/erin",
      event: digest,
    });
    expect(trailers).toMatchObject({
      Action: "rollback",
      "Model-Version": "1.1.0",
      "Rolled-Back-From": "1.2.0",
      Reason: "Latency",
      Actor: "mlops-engineer/erin",
      "Event-Digest": digest,
      "Evidence-Digest": ledgerOf(work, "1.1.0").at(-1)?.digest,
      Holds: from,
    });
    expect(ask(work, "show", "main:production/values.yaml")).toContain(`digest: "${to}"`);
  });

  it("is held: not to be deployed, only to be looked at and served where it is", async () => {
    expect(await life.uses("1.2.0")).toEqual(usesExpected("held"));
    await life.refuse("RELEASE_HELD", life.deployment("1.2.0", "production", "Once more"));
    const { pointer } = await auditOf(work);
    expect(pointer.holds).toEqual([{ version: "1.2.0", reason: "Latency", subject: life.subject("1.2.0") }]);
    expect(pointer.since).toMatchObject({ action: "rollback", reason: "Latency" });
  });

  it("is not gone back to; another rollback in the window has to say where to", async () => {
    const { message } = await life.refuse("ROLLBACK_TOO_SOON", life.rollback("Still slow"));
    expect(message).toContain("window is 60 min");
    const { details } = await life.refuse("ROLLBACK_NO_CANDIDATE", life.rollback("Still slow", "--to", "1.2.0"));
    expect(details).toMatch(/1\.2\.0 sha256:\S+ it is held: Latency/);
    const outputs = await succeed(life.rollback("Still slow", "--to", "1.0.0"), work);
    expect(outputs).toMatchObject({ "from-version": "1.1.0", "to-version": "1.0.0", held: life.subject("1.1.0") });
    expect(filesIn(work, holds)).toHaveLength(2);
  });

  it("may be deployed again once somebody removed the hold's file in a commit", async () => {
    await life.refuse("RELEASE_HELD", life.deployment("1.2.0", "production", "Fixed"));
    await editGitops(work, (checkout) => rm(join(checkout, holds), { recursive: true }));
    expect(await useOf(work, life.reference("1.2.0"), "rollback")).toMatchObject({ answer: "accepted" });
    await life.deploy("1.2.0", "production", "Fixed");
    expect(ask(work, "show", "main:production/values.yaml")).toContain(`digest: "${life.subject("1.2.0")}"`);
  });
});
