import { spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";

/*
 * The committed `dist/`, started as GitHub's runner and Tekton's entrypoint start it: one process, their environment.
 */

const dist = resolve("dist");
let work: string;
/** The model as a host's workspace; each host gets one of its own. */
let count = 0;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-built-"));
  await chmod(work, 0o755);
});
afterAll(() => rm(work, { recursive: true, force: true }));

describe("as GitHub Actions", () => {
  it("package, sign, verify, pull: outputs, summary, state, clean-up", async () => {
    const github = await startGitHub();
    const packaged = await github.run("package", { model: "model.yaml" });
    expect(packaged).toMatchObject({ status: 0 });
    expect(packaged.outputs["subject"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    // Whoever sees the digest sees everything before it.
    expect(Object.keys(packaged.outputs).at(-1)).toBe("subject");
    expect(packaged.summary).toContain("### Packaged group/built 1.0.0 default");
    const reference = packaged.outputs["reference"] ?? "";

    const signed = await github.run("sign", { subject: reference, key: "env://SIGNING_KEY" });
    expect(signed).toMatchObject({ status: 0 });
    const named = signed.outputs["signer"]?.slice(0, 8);
    expect(signed.outputs["tag"]).toBe(`1.0.0-default_sign-${named}.77.2`);
    expect(signed.stdout).toMatch(/^::add-mask::/m);

    const verified = await github.run("verify", { subject: reference, key: "key.pub" });
    expect(verified).toMatchObject({ status: 0, outputs: { verified: "true" } });

    const pulled = await github.run("pull", { subject: reference, target: "pulled", key: "key.pub" });
    expect(pulled).toMatchObject({ status: 0, outputs: { files: "3" } });
    const staging = pulled.state["staging"] ?? "";
    expect(staging).toContain(".slipway-pull.");

    // What a killed pull would have left goes with the job; nothing else is ever removed.
    await mkdir(staging);
    await writeFile(join(staging, "half"), "x");
    const cleaned = await github.run("pull-cleanup", {}, { STATE_staging: staging, STATE_isPost: "true" });
    expect(cleaned).toMatchObject({ status: 0 });
    expect((await readdir(github.workspace)).filter((name) => name.startsWith(".slipway"))).toEqual([]);
    const hostile = await github.run("pull-cleanup", {}, { STATE_staging: join(github.workspace, "pulled") });
    expect(hostile).toMatchObject({ status: 0 });
    expect(await readdir(join(github.workspace, "pulled"))).toHaveLength(3);
  });

  it("a refusal: outputs first, one annotation, the family's status", async () => {
    const github = await startGitHub();
    const { outputs } = await github.run("package", { model: "model.yaml" });
    const refused = await github.run("verify", { subject: outputs["reference"] ?? "", key: "key.pub" });
    expect(refused).toMatchObject({ status: 3, outputs: { verified: "false", candidates: "0" } });
    expect(refused.stdout.match(/^::error /gm)).toHaveLength(1);
    expect(refused.stdout).toContain("SIGNATURE_MISSING");
    expect(refused.summary).toContain("`SIGNATURE_MISSING`");
  });
});

describe("as a Tekton Task", () => {
  it("package and sign: every result written, no line break, at most 1 KiB, secrets as files", async () => {
    const tekton = await startTekton();
    const packaged = await tekton.run("package", ["subject", "reference", "tag", "size", "written"], {
      model: "model.yaml",
      store: "oci:store",
    });
    expect(packaged.status, packaged.stdout).toBe(0);
    expect(packaged.results["subject"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(packaged.results["tag"]).toBe("1.0.0-default");
    expect(Object.values(packaged.results).join("")).not.toContain("\n");
    expect(Object.values(packaged.results).join("").length).toBeLessThanOrEqual(1024);

    const key = join(tekton.source, "key.pem");
    const subject = packaged.results["reference"] ?? "";
    const signed = await tekton.run("sign", ["bundle", "tag", "signer"], {
      subject,
      key,
      password: "/nowhere/password",
    });
    expect(signed.status, signed.stdout).toBe(0);
    expect(signed.results["bundle"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    const named = signed.results["signer"]?.slice(0, 8);
    expect(signed.results["tag"]).toBe(`1.0.0-default_sign-${named}.0f8fad5b-d9cb-469f-a165-70867728950e.1`);
  });

  it("a Secret that is not there is named, with the param that says which", async () => {
    const tekton = await startTekton();
    const inputs = { subject: `oci:store:1.0.0-default@sha256:${"0".repeat(64)}`, key: "/slipway/secrets/key/key" };
    const failed = await tekton.run("sign", ["bundle", "tag", "signer"], inputs);
    expect(failed.status).toBe(2);
    expect(failed.stdout).toContain("SIGNER_MISSING");
    expect(failed.stdout + failed.stderr).toContain("key-secret");
  });

  it("a failure leaves every declared result, empty", async () => {
    const tekton = await startTekton();
    const failed = await tekton.run("verify", ["verified", "signer", "candidates", "subject"], {
      subject: "oci:nowhere@tag",
      key: "key.pub",
    });
    expect(failed.status).toBe(2);
    expect(failed.results).toEqual({ verified: "", signer: "", candidates: "", subject: "" });
    expect(failed.stdout + failed.stderr).not.toMatch(/\n\s+at /);
  });
});

async function workspace(): Promise<string> {
  count += 1;
  const directory = join(work, `workspace-${count}`);
  await mkdir(join(directory, "model"), { recursive: true });
  await writeFile(join(directory, "model", "config.json"), "{}");
  await writeFile(join(directory, "model", "weights.safetensors"), Buffer.alloc(50_000, 1));
  await writeModelYaml(directory, { name: "group/built", version: "1.0.0" });
  await writeKeyPair(join(directory, "key"));
  return directory;
}

async function startGitHub() {
  const directory = await workspace();
  const files = join(work, `runner-${count}`);
  await mkdir(files);
  const signingKey = await readFile(join(directory, "key.pem"), "utf8");
  return {
    workspace: directory,
    async run(program: string, inputs: Record<string, string>, more: Record<string, string> = {}) {
      const commands = {
        GITHUB_OUTPUT: "output",
        GITHUB_STATE: "state",
        GITHUB_STEP_SUMMARY: "summary",
        GITHUB_ENV: "env",
        GITHUB_PATH: "path",
      };
      const env: Record<string, string> = {
        GITHUB_ACTIONS: "true",
        GITHUB_WORKSPACE: directory,
        GITHUB_RUN_ID: "77",
        GITHUB_RUN_ATTEMPT: "2",
        GITHUB_REPOSITORY: "group/model",
        GITHUB_SERVER_URL: "https://github.example",
        SIGNING_KEY: signingKey,
        ...more,
      };
      for (const [variable, name] of Object.entries(commands)) {
        env[variable] = join(files, name);
        await writeFile(join(files, name), "");
      }
      for (const [name, text] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = text;
      const ended = await start(program, env, directory);
      const text = (name: string) => readFile(join(files, name), "utf8");
      const secret = signingKey.split("\n")[1] ?? "";
      const masks = ended.stdout
        .split("\n")
        .filter((line) => line.startsWith("::add-mask::"))
        .join("\n");
      expect(
        ended.stdout
          .replace(masks, "")
          .split("\n")
          .filter((line) => !line.startsWith("::add-mask::"))
          .join("\n"),
      ).not.toContain(secret);
      return {
        ...ended,
        outputs: fileCommands(await text("output")),
        state: fileCommands(await text("state")),
        summary: await text("summary"),
      };
    },
  };
}

async function startTekton() {
  const source = await workspace();
  // OpenShift gives a step a random user and the group 0; only root can play that here.
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: 1_000_720_000, gid: 0 } : {};
  if (isRoot) await handOver(source);
  return {
    source,
    async run(program: string, results: readonly string[], inputs: Record<string, string>) {
      const files = join(work, `results-${count}-${program}`);
      await mkdir(files, { mode: 0o777 });
      await chmod(files, 0o777);
      const env: Record<string, string> = {
        SLIPWAY_HOST: "tekton",
        SLIPWAY_RUN_ID: "0f8fad5b-d9cb-469f-a165-70867728950e",
        SLIPWAY_RETRY_COUNT: "0",
        WORKSPACE_SOURCE: source,
      };
      for (const name of results) env[`RESULT_${name.toUpperCase()}`] = join(files, name);
      for (const [name, text] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = text;
      const ended = await start(program, env, "/", user);
      const written: Record<string, string> = {};
      for (const name of results) written[name] = await readFile(join(files, name), "utf8");
      return { ...ended, results: written };
    },
  };
}

async function handOver(directory: string): Promise<void> {
  await chown(directory, 1_000_720_000, 0);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), 1_000_720_000, 0);
  }
}

async function start(
  program: string,
  env: Record<string, string>,
  cwd: string,
  user: { uid?: number; gid?: number } = {},
) {
  const child = spawn(process.execPath, [join(dist, `${program}.js`)], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (output.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (output.stderr += String(chunk)));
  const status = await new Promise<number | null>((done) => child.on("close", done));
  return { status, ...output };
}

/** The multi-line form of GitHub's file commands: `name<<delimiter`, the value, the delimiter. */
function fileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [, name = "", , value = ""] of text.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm)) values[name] = value;
  return values;
}
