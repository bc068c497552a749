import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BUILD_TIMEOUT_MS, pod, type TektonBinaries, tektonBinaries, validate } from "./harness.ts";
import { expand } from "./kubelet.ts";
import { parsePod } from "./pod.ts";
import { type PodOutcome, type PodRun, podRunnerProblem, runPod } from "./pod-runner.ts";

const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);
const RUN_TIMEOUT_MS = 60_000;

function goProblem(): string | undefined {
  try {
    execFileSync("go", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "no go on PATH";
  }
}

const noGo = goProblem();
const noPods = noGo ?? podRunnerProblem();
const because = (reason: string | undefined) => (reason === undefined ? "" : ` (not here: ${reason})`);

describe("the kubelet's expansion", () => {
  const known = new Map([
    ["A", "a"],
    ["B", "$(A)"],
    ["C-D", "dash"],
  ]);
  test.each([
    ["$(A)", "a"],
    ["x$(A)y$(C-D)z", "xaydashz"],
    ["$(B)", "$(A)"],
    ["$(UNKNOWN) $()", "$(UNKNOWN) $()"],
    ["$$(A) $$$(A) $$$$", "$(A) $a $$"],
    ["$A $", "$A $"],
    ["$(A", "$(A"],
    ["$(X$(A))", "$(X$(A))"],
  ])("%s becomes %s", (written, expanded) => {
    expect(expand(written, known)).toBe(expanded);
  });
});

describe.skipIf(noGo !== undefined)(`Tekton's webhook and Pod builder${because(noGo)}`, () => {
  beforeAll(() => tektonBinaries(), BUILD_TIMEOUT_MS);

  test("accept what a cluster accepts, with a line for every document", async () => {
    const { ok, lines } = await validate([fixture("steps.task.yaml"), fixture("probe.taskrun.yaml")]);
    expect(lines).toEqual([
      `ok ${fixture("steps.task.yaml")} Task/steps`,
      `ok ${fixture("steps.task.yaml")} StepAction/unused`,
      `ok ${fixture("probe.taskrun.yaml")} TaskRun/probe-00000`,
    ]);
    expect(ok).toBe(true);
  });

  test("refuse a field that Tekton v1 does not have, and still look at the next file", async () => {
    const { ok, lines } = await validate([fixture("unknown-field.task.yaml"), fixture("probe.task.yaml")]);
    expect(ok).toBe(false);
    expect(lines[0]).toMatch(/^error .*decoding Task: unknown field "spec\.steps\[0\]\.resources"$/);
    expect(lines[1]).toBe(`ok ${fixture("probe.task.yaml")} Task/probe`);
  });

  test("refuse what only Validate finds, every mistake on the one line", async () => {
    const { ok, lines } = await validate([fixture("refused.task.yaml")]);
    expect(ok).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/`enable-param-enum`.*non-existent variable in "\$\(params\.fromat\)"/);
  });

  test("refuse a file that is not there", async () => {
    const { ok, lines } = await validate([fixture("absent.yaml")]);
    expect(ok).toBe(false);
    expect(lines[0]).toMatch(/^error .*no such file/);
  });

  test("build the Pod a cluster would run, with substitutions and the entrypoint's arguments", async () => {
    const built = parsePod(await pod(fixture("probe.task.yaml"), fixture("probe.taskrun.yaml")));
    expect(built.metadata.labels).toMatchObject({ "app.kubernetes.io/version": "1.0.0", "tekton.dev/task": "probe" });
    const [main] = built.spec.containers;
    expect(main?.command).toEqual(["/tekton/bin/entrypoint"]);
    expect(main?.args.join(" ")).toMatch(
      /-results NAME,DIGEST -entrypoint node -- \/opt\/slipway\/dist\/probe\.js retina\/seg$/,
    );
    expect(main?.env).toContainEqual({ name: "INPUT_MODEL-NAME", value: "retina/seg" });
    expect(main?.env).toContainEqual({ name: "MIRROR_BOUND", value: "false" });
    expect(main?.volumeMounts).toContainEqual(
      expect.objectContaining({ mountPath: "/workspace/dockerconfig", readOnly: true }),
    );
  });

  test("refuse a run that leaves a parameter out", async () => {
    await expect(pod(fixture("probe.task.yaml"), fixture("missing-param.taskrun.yaml"))).rejects.toThrow(
      /missing values for these params which have no default values: \[model-name\]/,
    );
  });

  test("refuse a run of another Task", async () => {
    await expect(pod(fixture("steps.task.yaml"), fixture("probe.taskrun.yaml"))).rejects.toThrow(
      /spec\.taskRef\.name must be "steps"/,
    );
  });
});

describe.skipIf(noPods !== undefined)(`A Pod as local processes${because(noPods)}`, () => {
  let binaries: TektonBinaries;
  let source: string;

  beforeAll(async () => {
    binaries = await tektonBinaries();
    source = await mkdtemp(join(tmpdir(), "slipway-workspace-"));
    await mkdir(join(source, "retina"));
    await writeFile(join(source, "retina", "in.txt"), "from the test");
  }, BUILD_TIMEOUT_MS);
  afterAll(() => rm(source, { recursive: true, force: true }));

  async function run(task: string, taskRun: string, more: Partial<PodRun> = {}): Promise<PodOutcome> {
    return runPod({
      podJson: await pod(fixture(`${task}.task.yaml`), fixture(`${taskRun}.taskrun.yaml`)),
      dist: fixture("steps"),
      node: process.execPath,
      ...binaries,
      timeoutMs: RUN_TIMEOUT_MS,
      ...more,
    });
  }

  async function probe(taskRun: string, more: Partial<PodRun> = {}) {
    const secrets = { registry: { "config.json": '{"auths":{}}' } };
    const outcome = await run("probe", taskRun, {
      workspaces: { source },
      secrets,
      tokens: { sigstore: "header.payload.signature" },
      ...more,
    });
    const [main] = outcome.steps;
    const seen: unknown = JSON.parse(main?.stdout || "null");
    return { ...outcome, main, seen };
  }

  test("a step is a random user that can write to nothing but its volumes", async () => {
    const { main, seen } = await probe("probe", {
      imageEnv: { IMAGE_VERSION: "7" },
      imageFiles: { "/opt/slipway/NOTICE": fixture("steps/probe.js") },
    });
    expect(main).toMatchObject({ name: "main", exitCode: 0, stderr: "" });
    expect(seen).toEqual({
      uid: 1000720000,
      gid: 0,
      groups: [0, 1000720000],
      args: ["retina/seg"],
      node: process.version,
      refusals: ["EROFS", "EROFS", "EROFS", "EROFS", "EROFS"],
      input: "from the test",
      registries: '{"auths":{}}',
      caEntries: ["..2026_01_01_00_00_00.0000000000", "..data"],
      mirrorBound: "false",
      identity: [
        ["pod", "probe-00000-pod"],
        ["token", "header.payload.signature"],
      ],
      image: ["7", true],
      machineFiles: [],
    });
  });

  test("results and the files of a workspace come back as they were written", async () => {
    const { results, main } = await probe("probe");
    expect(results).toEqual({ NAME: "retina/seg", DIGEST: `sha256:${"a".repeat(64)}` });
    expect(JSON.parse(main?.terminationMessage ?? "")).toContainEqual({ key: "NAME", value: "retina/seg", type: 1 });
    expect(await readFile(join(source, "retina", "out.txt"), "utf8")).toBe("from the step");
    expect((await stat(join(source, "retina", "out.txt"))).uid).toBe(1000720000);
  });

  test("an optional ConfigMap that exists is there through the kubelet's links", async () => {
    const { seen } = await probe("probe", {
      configMaps: { "trusted-ca": { "ca-bundle.crt": "PEM", other: "not listed" } },
    });
    expect(seen).toMatchObject({ caEntries: ["..2026_01_01_00_00_00.0000000000", "..data", "ca-bundle.crt"] });
  });

  test("a parameter that looks like $(NAME) reads another input, as it would in a cluster", async () => {
    const { results, seen } = await probe("expansion");
    // RESULT_NAME is listed after the input, so the environment leaves it; arguments see every variable.
    expect(results["NAME"]).toBe("secret-of-another-input $(INPUT_OTHER) $(RESULT_NAME)");
    expect(seen).toMatchObject({ args: ["secret-of-another-input $(INPUT_OTHER) /tekton/results/NAME"] });
  });

  test("steps run in order; a tolerated failure goes on, another one skips the rest", async () => {
    const { steps, results } = await run("steps", "steps");
    expect(steps.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ["script", 0],
      ["tolerated", 3],
      ["after", 0],
      ["failing", 4],
      ["skipped", 1],
    ]);
    expect(results).toEqual({ WHERE: "/workspace/new/directory", LATE: "late" });
    expect(steps[3]?.stderr).toContain("broken");
    expect(steps[4]?.stdout).toBe("");
    expect(steps[4]?.terminationMessage).toContain('"value":"Skipped"');
  });

  test("a result that does not fit into the termination message fails the step", async () => {
    const { steps, results } = await run("shell", "large");
    expect(steps[0]?.exitCode).not.toBe(0);
    expect(steps[0]?.stderr).toContain("Termination message is above max allowed size 4096");
    expect(results).toEqual({});
  });

  test("of very long output the end is kept", async () => {
    const { steps } = await run("shell", "chatty");
    expect(steps[0]?.stdout.length).toBeLessThan(1.1 * 1024 * 1024);
    expect(steps[0]?.stdout).toMatch(/^\[\d+ bytes dropped\]\n/);
    expect(steps[0]?.stdout).toMatch(/the end\n$/);
  });

  test("a Pod that hangs is ended, and leaves no process, mount or directory", async () => {
    const temp = await mkdtemp(join(tmpdir(), "slipway-hanging-"));
    vi.stubEnv("TMPDIR", temp);
    try {
      // Of this test run alone, so that another one on the same machine does not count.
      const seconds = `${31_536_000 + process.pid}`;
      const podJson = JSON.stringify(await pod(fixture("shell.task.yaml"), fixture("hanging.taskrun.yaml")));
      const hanging = run("shell", "hanging", { podJson: podJson.replaceAll("31536001", seconds), timeoutMs: 2000 });
      const ended = expect(hanging).rejects.toThrow("the Pod did not end within 2000 ms");
      await expect.poll(() => processes(seconds)).toContain("sleep");
      await ended;
      await expect.poll(() => processes(seconds)).toEqual([]);
      expect(await readdir(temp)).toEqual([]);
      expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(temp);
    } finally {
      vi.unstubAllEnvs();
      await rm(temp, { recursive: true, force: true });
    }
  });

  test("what restricted-v2 refuses is refused before anything runs", async () => {
    await expect(run("privileged", "privileged")).rejects.toThrow(
      "restricted-v2 would refuse this Pod: runAsUser of step-main",
    );
  });

  test("a missing secret, workspace or volume source is an error and not an empty directory", async () => {
    await expect(probe("probe", { secrets: {} })).rejects.toThrow('secret "registry" not found');
    await expect(probe("probe", { workspaces: {} })).rejects.toThrow(
      "no directory was given for the workspace at /workspace/source",
    );
    await expect(probe("probe", { workspaces: { source, sorce: source } })).rejects.toThrow(
      "the Pod mounts no workspace named sorce",
    );
  });
});

/** Names of the processes that have the argument. */
async function processes(argument: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (argv.includes(argument) && argv[0] !== undefined) found.push(argv[0]);
  }
  return found;
}
