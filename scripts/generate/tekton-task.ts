/** The Tekton Task of a step, as data. */

import { type Input, registryInputs, type StepContract } from "../../src/contract/index.ts";
import { version } from "../repository.ts";
import { describeInput, describeOutput, describeWithExample, oneLine } from "./describe.ts";
import { distInImage, image } from "./names.ts";

/** The part of `tekton.dev/v1` Task that is used here. */
export interface TektonTask {
  readonly apiVersion: "tekton.dev/v1";
  readonly kind: "Task";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly description: string;
    readonly params: readonly Param[];
    readonly workspaces: readonly Workspace[];
    readonly results: readonly { readonly name: string; readonly type: "string"; readonly description: string }[];
    readonly volumes: readonly Volume[];
    readonly steps: readonly Step[];
  };
}

interface Param {
  readonly name: string;
  readonly type: "string";
  readonly description: string;
  readonly default?: string | undefined;
}

interface Workspace {
  readonly name: string;
  readonly description: string;
  readonly optional: boolean;
  readonly readOnly?: boolean;
}

interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

interface Volume {
  readonly name: string;
  readonly emptyDir?: Readonly<Record<string, never>>;
  readonly secret?: {
    readonly secretName: string;
    readonly optional: boolean;
    readonly defaultMode: number;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
  readonly configMap?: {
    readonly name: string;
    readonly optional: boolean;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
}

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

interface Step {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly EnvironmentVariable[];
  readonly computeResources: Readonly<Record<"requests" | "limits", Readonly<Record<string, string>>>>;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly VolumeMount[];
}

/** One input, and everything in the Task that carries it. */
interface Carried {
  readonly params: readonly Param[];
  readonly env: EnvironmentVariable;
  readonly mounted?: { readonly volume: Volume; readonly mountPath: string };
}

const home = "/slipway/home";
const scratch = "/slipway/tmp";
const secrets = "/slipway/secrets";
const certificates = "/slipway/certificates";

export function tektonTask(contract: StepContract): TektonTask {
  const carried = Object.entries(contract.inputs).map(([name, input]) => carry(name, input));
  const mounted = carried.flatMap((one) => one.mounted ?? []);
  const outputs = Object.entries(contract.outputs);
  return {
    apiVersion: "tekton.dev/v1",
    kind: "Task",
    metadata: {
      name: `slipway-${contract.name}`,
      labels: { "app.kubernetes.io/version": version },
      annotations: {
        "tekton.dev/pipelines.minVersion": "1.9.0",
        "tekton.dev/displayName": `slipway ${contract.name}`,
        "tekton.dev/categories": "Integration & Delivery, Publishing, Security",
        "tekton.dev/tags": `machine-learning, model, oci, ${contract.name}`,
        "tekton.dev/platforms": "linux/amd64,linux/arm64",
      },
    },
    spec: {
      description: `${oneLine(contract.summary)}\n\n${contract.details.trim()}`,
      params: carried.flatMap(({ params }) => params),
      workspaces: [
        { name: "source", description: "Relative paths in params start here.", optional: true },
        ...(opensStores(contract) ? [dockerConfig] : []),
        ...(takesIdentity(contract) ? [identity] : []),
      ],
      results: outputs.map(([name, output]) => ({ name, type: "string", description: describeOutput(output) })),
      volumes: [{ name: "home", emptyDir: {} }, { name: "tmp", emptyDir: {} }, ...mounted.map(({ volume }) => volume)],
      steps: [
        {
          // Public: users name it in stepSpecs to change its resources.
          name: "main",
          image,
          // Never `script`: Tekton would put params into it as text. Never the image's own entry point: the
          // controller would have to ask the registry what it is.
          command: ["node", `${distInImage}/${contract.name}.js`],
          env: [
            // First, because the kubelet replaces $(NAME) in a value by any variable above it, and a param is text
            // from outside.
            ...carried.map(({ env }) => env),
            ...outputs.map(([name]) => ({ name: resultVariable(name), value: `$(results.${name}.path)` })),
            { name: "SLIPWAY_HOST", value: "tekton" },
            { name: "SLIPWAY_RUN_ID", value: "$(context.taskRun.uid)" },
            { name: "SLIPWAY_RETRY_COUNT", value: "$(context.task.retry-count)" },
            { name: "SLIPWAY_NAMESPACE", value: "$(context.taskRun.namespace)" },
            { name: "SLIPWAY_TASK_RUN", value: "$(context.taskRun.name)" },
            { name: "SLIPWAY_TASK", value: "$(context.task.name)" },
            { name: "WORKSPACE_SOURCE", value: "$(workspaces.source.path)" },
            // Empty when it is not bound: then credentials are where Tekton puts those of the ServiceAccount, in HOME.
            ...(opensStores(contract)
              ? [{ name: "DOCKER_CONFIG", value: `$(workspaces.${dockerConfig.name}.path)` }]
              : []),
            // A random user has no home directory, and the root file system is read-only.
            { name: "HOME", value: home },
            { name: "TMPDIR", value: scratch },
          ],
          computeResources: computeResources(contract.resources),
          // No runAsUser: OpenShift gives each namespace its own range.
          securityContext: {
            runAsNonRoot: true,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
            seccompProfile: { type: "RuntimeDefault" },
          },
          volumeMounts: [
            { name: "home", mountPath: home },
            { name: "tmp", mountPath: scratch },
            ...mounted.map(({ volume, mountPath }) => ({ name: volume.name, mountPath, readOnly: true })),
          ],
        },
      ],
    },
  };
}

/** The variable that an input arrives in: what GitHub's runner calls it, so that one program serves both. */
export function inputVariable(input: string): string {
  return `INPUT_${input.toUpperCase()}`;
}

/** The variable that names the file which an output is written to. */
export function resultVariable(output: string): string {
  return `RESULT_${output.toUpperCase().replaceAll("-", "_")}`;
}

/** The params that say where an input's secret lies, and what they are when nobody says it. */
export function secretParams(input: string): {
  secret: string;
  key: string;
  defaultSecret: string;
  defaultKey: string;
} {
  return {
    secret: `${input}-secret`,
    key: `${input}-secret-key`,
    defaultSecret: `slipway-${input}`,
    defaultKey: input,
  };
}

/** The name that Konflux and OpenShift Pipelines give it. */
export const dockerConfig: Workspace = {
  name: "dockerconfig",
  description:
    "Secret with registry credentials, as config.json or .dockerconfigjson. Without it, those of the ServiceAccount.",
  optional: true,
  readOnly: true,
};

/** A token of the job itself changes all the time: a Secret could not hold it. */
export const identity: Workspace = {
  name: "identity",
  description:
    "Projected service account token for the audience sigstore, as the file oidc-token, to sign without a key.",
  optional: true,
  readOnly: true,
};

/** Whether a step may sign as the job's own identity. */
export function takesIdentity({ inputs }: StepContract): boolean {
  return Object.values(inputs).some(({ kind }) => kind === "token-file");
}

/** Whether a step speaks with registries: then its Task takes credentials and authorities. */
export function opensStores({ inputs }: StepContract): boolean {
  return Object.keys(registryInputs).every((name) => Object.hasOwn(inputs, name));
}

function carry(name: string, input: Input<unknown>): Carried {
  if (input.kind === "secret-file") return carrySecret(name, input);
  // cosign's name for the file; a path that leads nowhere when the workspace is not bound.
  if (input.kind === "token-file") {
    return { params: [], env: { name: inputVariable(name), value: `$(workspaces.${identity.name}.path)/oidc-token` } };
  }
  return input.kind === "certificates" ? carryCertificates(name, input) : carryText(name, input);
}

/** Params that say where authorities lie; called as in Konflux, so that one set serves a whole pipeline. */
export const trustParams = { configMap: "ca-trust-config-map-name", key: "ca-trust-config-map-key" };

function carryText(name: string, input: Input<unknown>): Carried {
  const param: Param = {
    name,
    type: "string",
    description: describeWithExample(input),
    default: input.required ? undefined : (input.default ?? ""),
  };
  return { params: [param], env: { name: inputVariable(name), value: `$(params.${name})` } };
}

/** A secret is never a param: params are kept in the TaskRun, where everyone who may see runs can read them. */
function carrySecret(name: string, input: Input<unknown>): Carried {
  const { secret, key, defaultSecret, defaultKey } = secretParams(name);
  return {
    params: [
      {
        name: secret,
        type: "string",
        description: `Name of the Secret that holds "${name}". ${describeInput({ ...input, kind: "string" })}`,
        default: defaultSecret,
      },
      { name: key, type: "string", description: `Key of "${name}" in that Secret.`, default: defaultKey },
    ],
    env: { name: inputVariable(name), value: `${secrets}/${name}/${name}` },
    mounted: {
      mountPath: `${secrets}/${name}`,
      volume: {
        name: `secret-${name}`,
        secret: {
          secretName: `$(params.${secret})`,
          // Also where the input is required: a missing Secret would leave the Pod waiting for an hour, while the step
          // says at once what is missing.
          optional: true,
          // Octal 0440: the group of an OpenShift user can read it, nobody else.
          defaultMode: 0o440,
          items: [{ key: `$(params.${key})`, path: name }],
        },
      },
    },
  };
}

/** Authorities are where clusters keep them: in a ConfigMap, which OpenShift fills. */
function carryCertificates(name: string, input: Input<unknown>): Carried {
  const path = "ca-bundle.crt";
  return {
    params: [
      {
        name: trustParams.configMap,
        type: "string",
        description: `Name of the ConfigMap that holds "${name}"; it may be missing. ${describeInput(input)}`,
        default: "trusted-ca",
      },
      {
        name: trustParams.key,
        type: "string",
        description: `Key of "${name}" in that ConfigMap.`,
        default: path,
      },
    ],
    env: { name: inputVariable(name), value: `${certificates}/${path}` },
    mounted: {
      mountPath: certificates,
      volume: {
        name: "trusted-ca",
        configMap: {
          name: `$(params.${trustParams.configMap})`,
          optional: true,
          items: [{ key: `$(params.${trustParams.key})`, path }],
        },
      },
    },
  };
}

/** Memory that is requested and not limited, or the other way round, gets a Pod evicted in the middle of a release. */
function computeResources({ cpu, memory, gpu }: StepContract["resources"]): Step["computeResources"] {
  const gpuLimit = gpu === undefined ? {} : { "nvidia.com/gpu": String(gpu) };
  return { requests: { cpu, memory }, limits: { memory, ...gpuLimit } };
}
