/**
 * The part of a Pod that the runner understands. Containers and volumes are strict: a field that is not
 * here would change what a kubelet does, so it is refused instead of being left out of the test in silence.
 */
import * as z from "zod";

const fieldRef = z.strictObject({ apiVersion: z.string().optional(), fieldPath: z.string() });
const keyRef = z.strictObject({ name: z.string(), key: z.string(), optional: z.boolean().optional() });
const items = z.array(z.strictObject({ key: z.string(), path: z.string(), mode: z.number().optional() })).optional();
const downwardItems = z.array(z.strictObject({ path: z.string(), fieldRef, mode: z.number().optional() })).optional();
const optional = z.boolean().optional();
const defaultMode = z.number().optional();

const envVar = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({
      fieldRef: fieldRef.optional(),
      secretKeyRef: keyRef.optional(),
      configMapKeyRef: keyRef.optional(),
    })
    .optional(),
});

const envFrom = z.strictObject({
  prefix: z.string().optional(),
  secretRef: z.strictObject({ name: z.string(), optional }).optional(),
  configMapRef: z.strictObject({ name: z.string(), optional }).optional(),
});

const volumeMount = z.strictObject({
  name: z.string(),
  mountPath: z.string(),
  readOnly: z.boolean().optional(),
  subPath: z.string().optional(),
  subPathExpr: z.string().optional(),
});

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.string().optional(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  workingDir: z.string().optional(),
  env: z.array(envVar).default([]),
  envFrom: z.array(envFrom).default([]),
  volumeMounts: z.array(volumeMount).default([]),
  resources: z.unknown().optional(),
  terminationMessagePath: z.string().optional(),
  securityContext: z
    .strictObject({
      runAsNonRoot: z.boolean().optional(),
      runAsUser: z.number().optional(),
      runAsGroup: z.number().optional(),
      privileged: z.boolean().optional(),
      allowPrivilegeEscalation: z.boolean().optional(),
      readOnlyRootFilesystem: z.boolean().optional(),
      capabilities: z
        .strictObject({ add: z.array(z.string()).optional(), drop: z.array(z.string()).optional() })
        .optional(),
      seccompProfile: z.strictObject({ type: z.string() }).optional(),
    })
    .optional(),
});

const volume = z.strictObject({
  name: z.string(),
  emptyDir: z.strictObject({ medium: z.string().optional(), sizeLimit: z.string().optional() }).optional(),
  secret: z.strictObject({ secretName: z.string(), items, optional, defaultMode }).optional(),
  configMap: z.strictObject({ name: z.string(), items, optional, defaultMode }).optional(),
  downwardAPI: z.strictObject({ items: downwardItems, defaultMode }).optional(),
  persistentVolumeClaim: z.strictObject({ claimName: z.string(), readOnly: z.boolean().optional() }).optional(),
  projected: z
    .strictObject({
      defaultMode,
      sources: z.array(
        z.strictObject({
          secret: z.strictObject({ name: z.string(), items, optional }).optional(),
          configMap: z.strictObject({ name: z.string(), items, optional }).optional(),
          downwardAPI: z.strictObject({ items: downwardItems }).optional(),
          serviceAccountToken: z
            .strictObject({
              path: z.string(),
              audience: z.string().optional(),
              expirationSeconds: z.number().optional(),
            })
            .optional(),
        }),
      ),
    })
    .optional(),
});

const strings = z.record(z.string(), z.string()).default({});

const pod = z.object({
  kind: z.literal("Pod"),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default("default"),
    uid: z.string().default(""),
    labels: strings,
    annotations: strings,
  }),
  // Not strict: most of a Pod's specification is for the scheduler and has no meaning for one machine.
  spec: z.object({
    serviceAccountName: z.string().default("default"),
    initContainers: z.array(container).default([]),
    containers: z.array(container),
    volumes: z.array(volume).default([]),
    hostNetwork: z.boolean().optional(),
    hostPID: z.boolean().optional(),
    hostIPC: z.boolean().optional(),
    securityContext: z
      .strictObject({
        runAsNonRoot: z.boolean().optional(),
        runAsUser: z.number().optional(),
        fsGroup: z.number().optional(),
        seccompProfile: z.strictObject({ type: z.string() }).optional(),
      })
      .optional(),
  }),
});

export type Pod = z.infer<typeof pod>;
export type Container = z.infer<typeof container>;
export type Volume = z.infer<typeof volume>;

/** Takes the JSON text or the parsed value. */
export function parsePod(json: unknown): Pod {
  const value: unknown = typeof json === "string" ? JSON.parse(json) : json;
  const parsed = pod.safeParse(value);
  if (!parsed.success) {
    throw new Error(
      `this Pod has something the runner cannot do as a kubelet would:\n${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data;
}

/**
 * OpenShift's restricted-v2 gives the user, the group and the capabilities itself and refuses a Pod that asks
 * for others. A Task that passes here can be installed where an administrator has not loosened anything.
 */
export function assertRestricted({ spec }: Pod): void {
  const refused: string[] = [];
  if (spec.hostNetwork || spec.hostPID || spec.hostIPC) refused.push("a host namespace");
  if (spec.securityContext?.runAsUser !== undefined) refused.push("the Pod's runAsUser");
  if (spec.securityContext?.fsGroup !== undefined) refused.push("the Pod's fsGroup");
  for (const { name, securityContext: asked } of [...spec.initContainers, ...spec.containers]) {
    const added = (asked?.capabilities?.add ?? []).filter((capability) => capability !== "NET_BIND_SERVICE");
    if (asked?.runAsUser !== undefined) refused.push(`runAsUser of ${name}`);
    if (asked?.privileged) refused.push(`privileged of ${name}`);
    if (asked?.allowPrivilegeEscalation) refused.push(`allowPrivilegeEscalation of ${name}`);
    if (asked?.seccompProfile?.type === "Unconfined") refused.push(`the seccomp profile of ${name}`);
    if (added.length > 0) refused.push(`the capabilities ${added.join(", ")} of ${name}`);
  }
  if (refused.length > 0) throw new Error(`restricted-v2 would refuse this Pod: ${refused.join("; ")}`);
}
