import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slipway, succeed } from "../support/command-line.ts";
import { git } from "../support/git.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import {
  as,
  buildScene,
  editGitops,
  inCopyOf,
  modelName,
  replaceIn,
  type Scene,
  toProduction,
} from "../support/release-scene.ts";

/*
 * What becomes of releases after production, through the built command line, each step seen with other eyes than ours:
 * git, and the store's index as JSON. The tests tell one story and go on from each other.
 */

const policy = ["--policy", "release-policy.yaml"] as const;
let directory: string;
let scene: Scene;
/** 1.0.0 and 1.1.0 are in production, 1.1.0 is deployed. */
let work: string;
let champion: string;
let staged: string;
/** When 1.0.0 may be archived. */
let sunset: Date;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-lifecycle-"));
  scene = await buildScene(directory);
  ({ champion, staged } = scene.releases);
  work = scene.moments.replaced;
  await addPerson(work, "model-owner", "owner");
  await addPerson(work, "security", "sam");
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

describe("a release after production", () => {
  it("is retired by its owner, with an approval, a replacement and a sunset", async () => {
    await at("update-pointer", champion, ...toProduction, ...as("engineer"), "--reason", "Compare them again");
    const approval = ["--type", "approval", "--to", "retired", "--reason", "1.1.0 is better"];
    await at("attest", champion, ...approval, ...as("lead"));
    sunset = new Date(Date.now() + 4000);
    const way = ["--replacement", staged, "--sunset", sunset.toISOString(), "--migration", "Use 1.1.0"];
    expect(await codeOf("promote", champion, "--to", "retired", ...way, ...as("lead"))).toBe("ROLE_REQUIRED");
    expect(await codeOf("promote", champion, "--to", "retired", ...way, ...key("owner"))).toBe("none");
    expect(await stateTags("1.0.0")).toEqual(["1.0.0-default_retired"]);
    expect(ledger("1.0.0-default")).toEqual(["0001.json", "0002.json", "0003.json"]);
    expect(git(gitops(), "log", "-1", "--format=%s%n%(trailers:key=Approved-By)", "main")).toBe(
      "Promote tiny-llm 1.0.0 (default) to retired\nApproved-By: model-owner/owner",
    );
  });

  it("is archived when the sunset is over and no pointer names it", async () => {
    const archive = ["promote", champion, "--to", "archived", ...as("engineer")];
    const early = await slipway(archive, work);
    expect(early.stdout).toMatch(/"GATE_UNMET".*2 of 2 gates to archived: sunset-over, no-consumers/);
    await setTimeout(sunset.getTime() - Date.now() + 10);
    expect((await slipway(archive, work)).stdout).toMatch(/"GATE_UNMET".*1 of 2 gates to archived: no-consumers/);
    await at("update-pointer", staged, ...toProduction, ...as("engineer"), "--reason", "It is better");
    expect(await codeOf(...archive)).toBe("none");
    expect(await stateTags("1.0.0")).toEqual(["1.0.0-default_archived"]);
    expect(await codeOf("promote", champion, "--to", "production", ...as("lead"))).toBe("TRANSITION_NOT_ALLOWED");
    expect(await codeOf("update-pointer", champion, ...toProduction, ...as("engineer"), "--reason", "No")).toBe(
      "STATE_NOT_PERMITTED",
    );
  });

  it("is nothing to go back to once it is archived", async () => {
    const answer = await slipway(["rollback", modelName, ...toProduction, "--dry-run", "--reason", "Why"], work);
    expect(answer.json().error?.code).toBe("ROLLBACK_NO_CANDIDATE");
    expect(answer.stdout).toMatch(/1\.0\.0 default is archived/);
  });

  it("is revoked by the security role alone, whatever its state, and the audit says so", async () => {
    const revoke = ["promote", staged, "--to", "revoked", "--reason", "Poisoned data", "--advisory", "ADV-1"];
    expect(await codeOf(...revoke, ...as("lead"))).toBe("ROLE_REQUIRED");
    expect(await codeOf("promote", staged, "--to", "revoked", ...key("sam"))).toBe("GATE_UNMET");
    expect(await codeOf(...revoke, ...key("sam"))).toBe("none");
    expect(await stateTags("1.1.0")).toEqual(["1.1.0-default_revoked"]);
    const report = await auditOf(work);
    expect(report.pointers[0]).toMatchObject({ state: "revoked", verdict: { ok: false } });
    expect(JSON.stringify(report)).toContain("Poisoned data; ADV-1");
  });
});

describe("what a release may be used for", () => {
  const accepted = "none";
  const rows: readonly (readonly [string, () => readonly [string, string], readonly string[]])[] = [
    // promote, deploy, rollback, serve, audit
    [
      "experimental",
      () => [scene.moments.deployed, scene.releases.fresh],
      ["GATE_UNMET", "STATE_NOT_PERMITTED", "STATE_NOT_PERMITTED", accepted, accepted],
    ],
    [
      "staging",
      () => [scene.moments.deployed, staged],
      ["GATE_UNMET", "STATE_NOT_PERMITTED", "STATE_NOT_PERMITTED", accepted, accepted],
    ],
    ["production", () => [scene.moments.deployed, champion], ["GATE_UNMET", accepted, accepted, accepted, accepted]],
    [
      "production, and on hold",
      () => [scene.moments.rolledBack, staged],
      ["GATE_UNMET", "RELEASE_HELD", "RELEASE_HELD", accepted, accepted],
    ],
    [
      "archived",
      () => [work, champion],
      ["TRANSITION_NOT_ALLOWED", "STATE_NOT_PERMITTED", "STATE_NOT_PERMITTED", "STATE_NOT_PERMITTED", accepted],
    ],
    [
      "revoked",
      () => [work, staged],
      ["TRANSITION_NOT_ALLOWED", "RELEASE_REVOKED", "RELEASE_REVOKED", "RELEASE_REVOKED", accepted],
    ],
  ];
  it.each(rows)("when it is %s", async (_, where, expected) => {
    const [place, reference] = where();
    expect(await purposesOf(reference, place)).toEqual(expected);
  });

  it("when it is retired: only to be served, with a warning", async () => {
    await inCopyOf(scene.moments.replaced, async (copy) => {
      // Its last link away, an archived release is a retired one; the store has to forget it, too.
      const other = await retiredCopy(copy);
      expect(await purposesOf(other, copy)).toEqual([
        accepted,
        "STATE_NOT_PERMITTED",
        "STATE_NOT_PERMITTED",
        accepted,
        accepted,
      ]);
      const { stdout } = await slipway(["verify", other, "--for", "serve", ...policy], copy);
      expect(stdout).toMatch(/"state","! warning","it is retired, until/);
    });
  });
});

describe("a hold", () => {
  it("keeps a release out until somebody removes its file in a commit", async () => {
    await inCopyOf(scene.moments.rolledBack, async (copy) => {
      const deploy = ["update-pointer", staged, ...toProduction, ...as("engineer"), "--reason", "Again"];
      expect((await slipway(deploy, copy)).json().error?.code).toBe("RELEASE_HELD");
      const holds = git(join(copy, "gitops.git"), "ls-tree", "-r", "--name-only", "main", "--", "slipway/holds/");
      expect(holds.split("\n")).toHaveLength(1);
      await editGitops(copy, (checkout) => rm(join(checkout, holds)));
      expect((await slipway(deploy, copy)).json().error).toBeUndefined();
      const again = ["rollback", modelName, ...toProduction, ...as("engineer"), "--reason", "Still slow"];
      expect((await slipway(again, copy)).json().outputs["to-version"]).toBe("1.0.0");
      expect((await slipway(again, copy)).json().error?.code).toBe("ROLLBACK_TOO_SOON");
    });
  });
});

describe("the auditor's answer", () => {
  it("is what was done, and the same from Git when the store is gone", async () => {
    await inCopyOf(scene.moments.deployed, async (copy) => {
      const report = await auditOf(copy);
      const commit = git(join(copy, "gitops.git"), "log", "-1", "--format=%H", "main", "--", "production/values.yaml");
      expect(report).toMatchObject({
        environment: "production",
        source: "registry and Git",
        problems: [],
        pointers: [
          {
            name: modelName,
            state: "production",
            runs: { version: "1.0.0", subject: champion.slice(champion.indexOf("@") + 1) },
            since: {
              commit,
              action: "update",
              reason: "First deployment",
              by: { role: "mlops-engineer", key: "erin" },
            },
            approvals: [
              { from: "experimental", to: "staging", role: "mlops-engineer", key: "erin" },
              { from: "staging", to: "production", role: "platform-lead", key: "lena" },
            ],
            evaluation: { result: "PASSED", signedBy: "evaluator/evaluation-ci" },
            origin: { dataset: "tiny-sums", datasetVersion: "2026-10", codeCommit: "a".repeat(40) },
            waivers: [{ gate: "scan", to: "staging", by: "platform-lead/lena", expired: false }],
          },
        ],
      });
      expect(report.pointers[0]).not.toHaveProperty("problem");
      expect(report.pointers[0]).not.toHaveProperty("replaced");
      await rm(join(copy, "store"), { recursive: true });
      const without = await auditOf(copy);
      expect(without.source).toBe("Git only");
      expect(without.pointers).toEqual(report.pointers);
    });
  });
});

async function addPerson(place: string, role: string, name: string): Promise<void> {
  await writeKeyPair(join(place, "keys", name));
  const pem = await readFile(join(place, "keys", `${name}.pub`), "utf8");
  const entry = `  ${role}: [{name: ${name}, key: ${JSON.stringify(pem)}}]`;
  await replaceIn(join(place, "release-policy.yaml"), "\nroles:\n", `\nroles:\n${entry}\n`);
}

/** 1.0.0 as it was before it was archived, in the ledger and in the store. */
async function retiredCopy(copy: string): Promise<string> {
  await editGitops(copy, (checkout) => rm(join(checkout, "slipway/ledger", modelName, "1.0.0-default", "0004.json")));
  const file = join(copy, "store", "index.json");
  const index = JSON.parse(await readFile(file, "utf8"));
  index.manifests = index.manifests.filter(
    (item: { annotations?: Record<string, string> }) => !/_link\.4-|_vsa-archived/.test(tagOf(item) ?? ""),
  );
  await writeFile(file, JSON.stringify(index));
  await rm(join(copy, "store", ".slipway", "announced"), { recursive: true, force: true });
  return champion;
}

/** The code with which each purpose is refused. */
function purposesOf(reference: string, place: string): Promise<readonly string[]> {
  const purposes = ["promote", "deploy", "rollback", "serve", "audit"];
  return Promise.all(
    purposes.map(async (purpose) => {
      const args = ["verify", reference, "--for", purpose, ...policy, ...toProduction];
      return (await slipway(args, place)).json().error?.code ?? "none";
    }),
  );
}

interface Report {
  readonly source: string;
  readonly pointers: readonly unknown[];
}

async function auditOf(place: string): Promise<Report> {
  await succeed(["audit", "production", "--report", "audit.json"], place);
  return JSON.parse(await readFile(join(place, "audit.json"), "utf8"));
}

async function at(...args: readonly string[]): Promise<void> {
  await succeed(args, work);
}

async function codeOf(...args: readonly string[]): Promise<string> {
  return (await slipway(args, work)).json().error?.code ?? "none";
}

function key(person: string): readonly string[] {
  return ["--key", `keys/${person}.pem`];
}

function gitops(): string {
  return join(work, "gitops.git");
}

function ledger(release: string): string[] {
  const folder = `slipway/ledger/${modelName}/${release}/`;
  return git(gitops(), "ls-tree", "--name-only", "main", "--", folder)
    .split("\n")
    .map((path) => path.slice(folder.length));
}

async function stateTags(version: string): Promise<string[]> {
  const { manifests } = JSON.parse(await readFile(join(work, "store", "index.json"), "utf8"));
  return manifests
    .flatMap((item: { annotations?: Record<string, string> }) => tagOf(item) ?? [])
    .filter((tag: string) => tag.startsWith(`${version}-default_`) && /_[a-z]+$/.test(tag));
}

function tagOf({ annotations }: { annotations?: Record<string, string> }): string | undefined {
  return annotations?.["org.opencontainers.image.ref.name"];
}
