import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { generateTinyLlm } from "../../../action-fixtures/index.ts";
import { makeAuthority } from "../../support/authority.ts";
import { succeed } from "../../support/command-line.ts";
import { writeKeyPair } from "../../support/key-pair.ts";
import { writeModelYaml } from "../../support/model-yaml.ts";
import { erin, machine, securedRegistry } from "../support/secured-registry.ts";
import { BUILD_TIMEOUT_MS, pod, tektonBinaries, validate } from "./harness.ts";
import { runPod } from "./pod-runner.ts";

/*
 * The generated Tasks against Tekton's own decoder, validation, Pod builder and entrypoint. Each step runs as a random
 * user on a read-only root, as OpenShift runs it.
 */

const root = resolve(import.meta.dirname, "../../..");
let work: string;
let source: string;

beforeAll(() => tektonBinaries(), BUILD_TIMEOUT_MS);
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-tekton-"));
  source = join(work, "source");
  await mkdir(join(source, "keys"), { recursive: true });
  await generateTinyLlm(join(source, "model"), { version: "1.0.0" });
  await writeModelYaml(source, { name: "tekton/tiny-llm", version: "1.0.0" });
  await writeKeyPair(join(work, "release"));
  await cp(join(work, "release.pub"), join(source, "keys", "release.pub"));
});
afterAll(() => rm(work, { recursive: true, force: true }));

describe("the generated Tasks", () => {
  it("pass Tekton's strict decode and validation", async () => {
    const tasks = (await readdir(join(root, "tekton", "tasks"))).map((name) => join(root, "tekton", "tasks", name));
    expect(tasks.length).toBeGreaterThanOrEqual(4);
    const { ok, lines } = await validate(tasks);
    expect(ok, lines.join("\n")).toBe(true);
    expect(lines).toHaveLength(tasks.length);
  });

  it("package, sign, verify and pull in Pods, through the real entrypoint", { timeout: 120_000 }, async () => {
    const packaged = await runTask("package", { store: "oci:out/store" });
    expect(packaged.exitCode, packaged.log).toBe(0);
    // The same files give the same digest in a Pod as on the command line.
    const here = await succeed(["package", "model.yaml", "--store", "oci:elsewhere"], source);
    expect(packaged.results["subject"]).toBe(here["subject"]);
    expect(packaged.results["tag"]).toBe("1.0.0-default");
    const reference = packaged.results["reference"] ?? "";

    const key = await readFile(join(work, "release.pem"), "utf8");
    const signed = await runTask("sign", { subject: reference }, { secrets: { "slipway-key": { key: key } } });
    expect(signed.exitCode, signed.log).toBe(0);
    expect(signed.results["bundle"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(signed.log).not.toContain(key.split("\n")[1]);

    const verified = await runTask("verify", { subject: reference, key: "keys/release.pub" });
    expect(verified.exitCode, verified.log).toBe(0);
    expect(verified.results).toMatchObject({ verified: "true", subject: packaged.results["subject"] });

    const pulled = await runTask("pull", { subject: reference, target: "pulled", key: "keys/release.pub" });
    expect(pulled.exitCode, pulled.log).toBe(0);
    expect(await readFile(join(source, "pulled", "config.json"))).toEqual(
      await readFile(join(source, "model", "config.json")),
    );
  });

  it("reach a registry with a private authority and a password, from a ConfigMap and a Secret", async () => {
    const authority = makeAuthority(join(work, "authority"));
    await using registry = await securedRegistry(join(work, "registry"), await authority.issue(machine));
    const auth = Buffer.from(`${erin.username}:${erin.password}`).toString("base64");
    const given = {
      secrets: { "registry-login": { ".dockerconfigjson": JSON.stringify({ auths: { [registry.host]: { auth } } }) } },
      configMaps: { "trusted-ca": { "ca-bundle.crt": await readFile(authority.file, "utf8") } },
      workspaces: [{ name: "dockerconfig", secret: { secretName: "registry-login" } }],
      imageFiles: { "/etc/hosts": join(work, "hosts") },
    };
    await writeFile(join(work, "hosts"), `127.0.0.1 localhost ${machine}\n`);
    const params = { store: `${registry.host}/tekton/tiny-llm` };
    const packaged = await runTask("package", params, given);
    expect(packaged.exitCode, packaged.log).toBe(0);
    expect(packaged.log).toContain(`credentials for ${registry.host}: user "erin" in /workspace/dockerconfig/`);
    const subject = packaged.results["reference"] ?? "";
    const pulled = await runTask("pull", { subject, target: "from-registry" }, given);
    expect(pulled.exitCode, pulled.log).toBe(0);

    const stranger = await runTask("pull", { subject, target: "nowhere" }, { ...given, configMaps: {} });
    expect(stranger.log).toContain("CERTIFICATE_UNTRUSTED");
    const nobody = await runTask("pull", { subject, target: "nowhere" }, { ...given, workspaces: [] });
    expect(nobody.log).toContain("REGISTRY_DENIED");
    expect(nobody.log).toContain("bind the Task's workspace dockerconfig");
    for (const { log } of [packaged, pulled, stranger, nobody]) {
      for (const secret of [erin.password, auth]) expect(log).not.toContain(secret);
    }
  });

  it("fail with their family's status, one line and a remedy, and write every result", async () => {
    const refused = await runTask("verify", { subject: "oci:out/store:1.0.0-default", key: "keys/release.pub" });
    expect(refused.exitCode).toBe(2);
    expect(refused.log).toContain("DIGEST_REQUIRED");
    expect(refused.log).not.toContain("    at ");
    // A result that is declared and not written would fail whoever consumes it, and not this step.
    expect(Object.values(refused.results).every((value) => value === "")).toBe(true);
  });
});

/** What the namespace has, by name and key, and what the TaskRun binds besides its source. */
interface Given {
  readonly secrets?: Record<string, Record<string, string>>;
  readonly configMaps?: Record<string, Record<string, string>>;
  readonly workspaces?: readonly object[];
  readonly imageFiles?: Record<string, string>;
}

async function runTask(
  step: string,
  params: Record<string, string>,
  { secrets = {}, configMaps = {}, workspaces = [], imageFiles = {} }: Given = {},
) {
  const task = join(root, "tekton", "tasks", `slipway-${step}.yaml`);
  const run = join(work, `${step}.yaml`);
  await writeFile(
    run,
    stringify({
      apiVersion: "tekton.dev/v1",
      kind: "TaskRun",
      metadata: { name: `${step}-run` },
      spec: {
        taskRef: { name: `slipway-${step}` },
        params: Object.entries(params).map(([name, value]) => ({ name, value })),
        workspaces: [{ name: "source", emptyDir: {} }, ...workspaces],
      },
    }),
  );
  const { steps, results } = await runPod({
    podJson: await pod(task, run),
    dist: join(root, "dist"),
    node: process.execPath,
    ...(await tektonBinaries()),
    workspaces: { source },
    secrets,
    configMaps,
    imageFiles,
    timeoutMs: 60_000,
  });
  return { exitCode: steps[0]?.exitCode, results, log: steps.map(({ stdout, stderr }) => stdout + stderr).join("\n") };
}
