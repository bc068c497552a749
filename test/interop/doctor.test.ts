import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, slipway } from "../support/command-line.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { type Temporary, temporaryDirectory } from "../support/temporary.ts";
import { type RunningRegistry, registries, startDistribution } from "./support/registries.ts";

/*
 * What `doctor` says of real registries is true of them, and nothing of it is left in them.
 */

type Statuses = Readonly<Record<string, string>>;

/** True of all three: anybody may do anything, and tags move. */
const common: Statuses = {
  connection: "ok",
  kind: "ok",
  clock: "ok",
  credentials: "ok",
  token: "skipped",
  pull: "ok",
  push: "ok",
  "chunked upload": "ok",
  "single PUT": "ok",
  "immutable tags": "warning",
  referrers: "ok",
  leavings: "ok",
  limits: "unknown",
  collection: "unknown",
};

/** What sets each one apart. */
const expected: Readonly<Record<keyof typeof registries, Statuses>> = {
  "distribution 3": { resume: "ok", mount: "ok", delete: "ok" },
  // A tag goes only with its manifest.
  "distribution 2.8": { resume: "ok", mount: "ok", delete: "warning" },
  // It does not say how far an upload came, and answers a mount with an upload.
  crane: { resume: "warning", mount: "warning", delete: "ok" },
  "crane with referrers": { resume: "warning", mount: "warning", delete: "ok" },
};

describe.each(Object.entries(registries))("%s", (name, start) => {
  let work: string;
  let registry: RunningRegistry;
  let store: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-doctor-"));
    await mkdir(join(work, "registry"));
    registry = await start(join(work, "registry"));
    store = `${registry.host}/models/seg`;
  }, 60_000);

  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await rm(work, { recursive: true, force: true });
  });

  it("is described as it is", async () => {
    const answer = await slipway(["doctor", store, "--report", "doctor.json"], work);
    expect(answer.code, answer.stderr).toBe(0);
    expect(statusesIn(answer)).toEqual({ ...common, ...Object.entries(expected).find(([one]) => one === name)?.[1] });
    expect(answer.json().outputs).toMatchObject({ verdict: "warnings", failed: 0 });
  });

  it("holds nothing afterwards", async () => {
    const { stdout } = await slipway(["inspect", store], work);
    expect(stdout).toContain("holds 0 tagged manifests");
    const again = await slipway(["doctor", "--store", store, "--read-only"], work);
    expect(statusesIn(again)).toMatchObject({ leavings: "ok", push: "skipped" });
    // Distribution keeps a file for each blob, revision, tag and upload of a repository; crane's has everything in memory.
    const links = join(work, "registry", "storage", "docker", "registry", "v2", "repositories");
    const files = name.startsWith("crane") ? [] : await readdir(links, { recursive: true, withFileTypes: true });
    expect(files.filter((entry) => entry.isFile()).map((entry) => entry.name)).toEqual([]);
  });

  it("leaves a release alone that is in the same repository", async () => {
    await mkdir(join(work, "model"));
    await writeFile(join(work, "model", "README.md"), "# Model\n");
    await writeModelYaml(work, { name: "models/seg", version: "1.0.0" });
    const packed = await slipway(["package", "model.yaml", "--store", store], work);
    const { reference = "" } = packed.json().outputs;
    await slipway(["doctor", store, "--model", "model.yaml"], work);
    const pulled = await slipway(["pull", reference, "--target", "pulled"], work);
    expect(pulled.code, pulled.stderr).toBe(0);
    const { stdout } = await slipway(["inspect", store], work);
    expect(stdout).toContain("holds 1 tagged manifests");
  });

  it("is refused for its warnings when that is wanted", async () => {
    const answer = await slipway(["doctor", store, "--strict"], work);
    expect(answer.code).toBe(3);
    const { ok, error, outputs } = answer.json();
    expect([ok, error?.code, outputs["verdict"]]).toEqual([false, "STORE_UNFIT", "warnings"]);
  });
});

describe("distribution 3 with other settings", () => {
  let work: Temporary;
  beforeEach(async () => {
    work = await temporaryDirectory();
  });
  afterEach(() => work[Symbol.asyncDispose]());

  it("that removes nothing is said to, with the tag that stays", async () => {
    await using registry = await startDistribution(work.path, { deletes: false });
    const store = `${registry.host}/models/seg`;
    const answer = await slipway(["doctor", store], work.path);
    expect(answer.code).toBe(0);
    expect(statusesIn(answer)).toMatchObject({ delete: "warning", leavings: "ok" });
    const [tag] = /slipway-doctor_probe-\d+-[0-9a-f]+/.exec(answer.stdout) ?? [];
    const { stdout } = await slipway(["inspect", store], work.path);
    expect(stdout).toContain("holds 1 tagged manifests");
    expect(stdout).toContain(tag);
  });

  it("that wants a password is said to, and who has one may push", async () => {
    const users = work.at("htpasswd");
    // The password is s3cret.
    await writeFile(users, "erin:$2b$04$GHgmlgm.vkt78oX356O8Cu.Iu80bxq92ddkbHFK3jWh736sgSA6ea\n");
    const auth = `auth: {htpasswd: {realm: models, path: ${users}}}\n`;
    await using registry = await startDistribution(work.path, { deletes: true, auth });
    const store = `${registry.host}/models/seg`;
    const anonymous = await slipway(["doctor", store], work.path, { under: ["env", `DOCKER_CONFIG=${work.path}`] });
    expect(anonymous.code).toBe(3);
    expect(statusesIn(anonymous)).toMatchObject({
      connection: "ok",
      credentials: "warning",
      pull: "failed",
      push: "failed",
    });
    const entry = { auth: Buffer.from("erin:s3cret").toString("base64") };
    await writeFile(work.at("config.json"), JSON.stringify({ auths: { [registry.host]: entry } }), { mode: 0o600 });
    const known = await slipway(["doctor", store], work.path, { under: ["env", `DOCKER_CONFIG=${work.path}`] });
    expect(known.code, known.stderr).toBe(0);
    expect(statusesIn(known)).toMatchObject({ credentials: "ok", pull: "ok", push: "ok", delete: "ok" });
    expect(known.stdout).toContain(`the user erin in ${work.at("config.json")}`);
    expect(known.stdout + known.stderr).not.toContain("s3cret");
    expect(known.stdout + known.stderr).not.toContain(entry.auth);
  });
});

it("refuses a place where no registry is", async () => {
  const answer = await slipway(["doctor", "127.0.0.1:1/models/seg"], tmpdir());
  expect([answer.code, answer.json().error?.code]).toEqual([3, "STORE_UNFIT"]);
});

it("takes no store that is none", async () => {
  const answer = await slipway(["doctor", "models"], tmpdir());
  expect([answer.code, answer.json().error?.code]).toEqual([2, "INPUT_INVALID"]);
});

/** The statuses of a step's findings table, by check. */
function statusesIn({ stdout }: Answer): Statuses {
  const rows: readonly (readonly string[])[] = JSON.parse(stdout).summary.tables[0].rows;
  return Object.fromEntries(rows.map(([check = "", verdict = ""]) => [check, verdict.split(" ")[1] ?? ""]));
}
