import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { version } from "../repository.ts";
import { fixture } from "./fixture-contract.ts";
import { lintTask } from "./tekton-lint.ts";
import { type TektonTask, tektonTask } from "./tekton-task.ts";
import { yamlText } from "./yaml.ts";

const task = tektonTask(fixture);
const [step] = task.spec.steps;

describe("tektonTask", () => {
  test("is sound", () => {
    expect(lintTask(task)).toEqual([]);
  });

  test("starts node itself, with nothing between it and the inputs", () => {
    expect(step).toMatchObject({
      name: "main",
      image: `ghcr.io/slipway-dev/slipway:${version}`,
      command: ["node", "/opt/slipway/dist/weigh-anchor.js"],
    });
    expect(step).not.toHaveProperty("script");
    expect(step).not.toHaveProperty("args");
  });

  test("takes every input but secrets as a param of the same name", () => {
    const params = Object.fromEntries(task.spec.params.map(({ name, ...rest }) => [name, rest]));
    expect(params["subject"]).toEqual({
      type: "string",
      description: "The ship. Example: oci:harbour:1.0.0",
      default: undefined,
    });
    expect(params["chain-length"]).toMatchObject({ type: "string", default: "25" });
    expect(params["weight"]).toMatchObject({ default: "" });
    expect(params).not.toHaveProperty("key");
    expect(params["key-secret"]).toMatchObject({ default: "slipway-key" });
    expect(params["key-secret-key"]).toMatchObject({ default: "key" });
  });

  test("gives inputs to the program first, then where results go, then the rest", () => {
    expect(step?.env).toEqual([
      { name: "INPUT_SUBJECT", value: "$(params.subject)" },
      { name: "INPUT_CHAIN-LENGTH", value: "$(params.chain-length)" },
      { name: "INPUT_SPEED", value: "$(params.speed)" },
      { name: "INPUT_WASH", value: "$(params.wash)" },
      { name: "INPUT_WEIGHT", value: "$(params.weight)" },
      { name: "INPUT_PATIENCE", value: "$(params.patience)" },
      { name: "INPUT_LOG", value: "$(params.log)" },
      { name: "INPUT_CREW", value: "$(params.crew)" },
      { name: "INPUT_NOTE", value: "$(params.note)" },
      { name: "INPUT_KEY", value: "/slipway/secrets/key/key" },
      { name: "INPUT_PASSWORD", value: "/slipway/secrets/password/password" },
      { name: "INPUT_PLAIN-HTTP", value: "$(params.plain-http)" },
      { name: "INPUT_CA-FILE", value: "/slipway/certificates/ca-bundle.crt" },
      { name: "RESULT_ANCHOR_DIGEST", value: "$(results.anchor-digest.path)" },
      { name: "RESULT_CLEAN", value: "$(results.clean.path)" },
      { name: "RESULT_DEPTH", value: "$(results.depth.path)" },
      { name: "SLIPWAY_HOST", value: "tekton" },
      { name: "SLIPWAY_RUN_ID", value: "$(context.taskRun.uid)" },
      { name: "SLIPWAY_RETRY_COUNT", value: "$(context.task.retry-count)" },
      { name: "SLIPWAY_NAMESPACE", value: "$(context.taskRun.namespace)" },
      { name: "SLIPWAY_TASK_RUN", value: "$(context.taskRun.name)" },
      { name: "SLIPWAY_TASK", value: "$(context.task.name)" },
      { name: "WORKSPACE_SOURCE", value: "$(workspaces.source.path)" },
      { name: "DOCKER_CONFIG", value: "$(workspaces.dockerconfig.path)" },
      { name: "HOME", value: "/slipway/home" },
      { name: "TMPDIR", value: "/slipway/tmp" },
    ]);
  });

  test("mounts a secret read-only, readable for its group, and does without one that is not there", () => {
    expect(task.spec.volumes).toContainEqual({
      name: "secret-key",
      secret: {
        secretName: "$(params.key-secret)",
        optional: true,
        defaultMode: 0o440,
        items: [{ key: "$(params.key-secret-key)", path: "key" }],
      },
    });
    expect(step?.volumeMounts).toContainEqual({
      name: "secret-key",
      mountPath: "/slipway/secrets/key",
      readOnly: true,
    });
  });

  test("mounts the authorities of a ConfigMap where there is one, under the names that Konflux uses", () => {
    const params = Object.fromEntries(task.spec.params.map(({ name, ...rest }) => [name, rest]));
    expect(params).not.toHaveProperty("ca-file");
    expect(params["ca-trust-config-map-name"]).toMatchObject({ default: "trusted-ca" });
    expect(params["ca-trust-config-map-key"]).toMatchObject({ default: "ca-bundle.crt" });
    expect(task.spec.volumes).toContainEqual({
      name: "trusted-ca",
      configMap: {
        name: "$(params.ca-trust-config-map-name)",
        optional: true,
        items: [{ key: "$(params.ca-trust-config-map-key)", path: "ca-bundle.crt" }],
      },
    });
    expect(step?.volumeMounts).toContainEqual({
      name: "trusted-ca",
      mountPath: "/slipway/certificates",
      readOnly: true,
    });
  });

  test("takes registry credentials from a workspace, only where a store is opened", () => {
    expect(task.spec.workspaces).toMatchObject([
      { name: "source", optional: true },
      { name: "dockerconfig", optional: true, readOnly: true },
    ]);
    const without = tektonTask({ ...fixture, inputs: { note: fixture.inputs.note } });
    expect(without.spec.workspaces.map(({ name }) => name)).toEqual(["source"]);
    expect(without.spec.steps[0]?.env.map(({ name }) => name)).not.toContain("DOCKER_CONFIG");
    expect(lintTask(without)).toEqual([]);
  });

  test("asks for memory as much as it may use, for no CPU limit, and for the GPU on this one step", () => {
    expect(step?.computeResources).toEqual({
      requests: { cpu: "2", memory: "4Gi" },
      limits: { memory: "4Gi", "nvidia.com/gpu": "1" },
    });
  });

  test("gives up every privilege", () => {
    expect(step?.securityContext).toEqual({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
  });
});

describe("lintTask", () => {
  interface Named {
    name: string;
    value?: string;
  }
  interface Spec {
    params: Named[];
    results: Named[];
    volumes: Named[];
    steps: [{ env: Named[]; [key: string]: unknown }];
  }

  /** The task as its file says it, after a careless edit. */
  function edited(edit: (spec: Spec) => void): TektonTask {
    const copy = parse(yamlText(task));
    edit(copy.spec);
    return copy;
  }

  function remove(from: Named[], name: string): void {
    from.splice(
      from.findIndex((candidate) => candidate.name === name),
      1,
    );
  }

  test.each<[string, string, (spec: Spec) => void]>([
    [
      "a script",
      "spec.steps.0.script is set: Tekton puts params into scripts as text",
      ({ steps }) => {
        steps[0]["script"] = "echo";
      },
    ],
    [
      "a param in a command",
      "spec.steps.0.command.1 holds $(params.subject); only values of variables and volumes may",
      ({ steps }) => {
        steps[0]["command"] = ["node", "$(params.subject)"];
      },
    ],
    [
      "a param in a description",
      "spec.params.0.description holds $(params.note); only values of variables and volumes may",
      ({ params }) => {
        params[0] = { name: "subject", ...{ description: "$(params.note)" } };
      },
    ],
    [
      "a param that is not declared",
      "spec.steps.0.env.0.value holds $(params.absent), which the Task does not declare",
      ({ steps }) => steps[0].env.unshift({ name: "INPUT_X", value: "$(params.absent)" }),
    ],
    [
      "a param in the form with brackets",
      'spec.steps.0.env.0.value holds $(params["subject"]), which the Task does not declare',
      ({ steps }) => steps[0].env.unshift({ name: "INPUT_X", value: '$(params["subject"])' }),
    ],
    ["a param that nothing uses", "the param idle is used nowhere", ({ params }) => params.push({ name: "idle" })],
    [
      "two params that differ by case",
      "two params are called subject, in whatever case",
      ({ params, steps }) => {
        params.push({ name: "Subject" });
        steps[0].env.unshift({ name: "INPUT_OTHER", value: "$(params.Subject)" });
      },
    ],
    [
      "a result that is not written",
      "no variable says where the result clean is written",
      ({ steps }) => remove(steps[0].env, "RESULT_CLEAN"),
    ],
    [
      "a result that Chains would sign",
      "Tekton Chains would take the result BASE_IMAGE_DIGEST for an image to sign",
      ({ results, steps }) => {
        results.push({ name: "BASE_IMAGE_DIGEST" });
        steps[0].env.push({ name: "RESULT_BASE_IMAGE_DIGEST", value: "$(results.BASE_IMAGE_DIGEST.path)" });
      },
    ],
    [
      "a fixed user",
      "spec.steps.0.securityContext.runAsUser is set: OpenShift gives each namespace its own range",
      ({ steps }) => {
        steps[0]["securityContext"] = { runAsUser: 65532 };
      },
    ],
    [
      "an input below another variable",
      "the step main sets an INPUT_ variable after others",
      ({ steps }) => steps[0].env.push({ name: "INPUT_LATE", value: "" }),
    ],
    [
      "a variable twice",
      "the step main sets HOME twice",
      ({ steps }) => steps[0].env.push({ name: "HOME", value: "/" }),
    ],
    ["no home", "the step main does not set HOME", ({ steps }) => remove(steps[0].env, "HOME")],
    [
      "an image that moves",
      "ghcr.io/a/b:latest is no fixed version",
      ({ steps }) => {
        steps[0]["image"] = "ghcr.io/a/b:latest";
      },
    ],
    ["a mount without its volume", "the mounted volume tmp is not declared", ({ volumes }) => remove(volumes, "tmp")],
    ["a volume without a mount", "the volume idle is mounted nowhere", ({ volumes }) => volumes.push({ name: "idle" })],
  ])("notices %s", (_, fault, edit) => {
    const faults = lintTask(edited(edit));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test("takes an image by digest", () => {
    const pinned = edited(({ steps }) => {
      steps[0]["image"] = `ghcr.io/a/b@sha256:${"0".repeat(64)}`;
    });
    expect(lintTask(pinned)).toEqual([]);
  });
});
