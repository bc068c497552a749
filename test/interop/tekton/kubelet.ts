/**
 * What a kubelet makes of a Pod before a container starts: environment, command line, and the files of
 * volumes. Tekton is done by then, and several surprises for a step begin only here.
 */
import { chmod, chown, lchown, lstat, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Container, Pod, Volume } from "./pod.ts";

type Data = Record<string, string | Uint8Array>;

export interface ClusterObjects {
  /** By name, then by key. */
  secrets: Record<string, Data>;
  configMaps: Record<string, Data>;
  /** Projected service account tokens by audience. */
  tokens: Record<string, string>;
}

/**
 * Kubernetes' third_party/forked/golang/expansion. An unknown name stays as it was written, and `$$` is the
 * escape; nothing is expanded twice.
 */
export function expand(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (written: string, name: string | undefined) =>
    name === undefined ? "$" : (known.get(name) ?? written),
  );
}

function objectData(kind: "secret" | "configmap", name: string, optional: boolean, objects: ClusterObjects): Data {
  const data = (kind === "secret" ? objects.secrets : objects.configMaps)[name];
  if (data !== undefined) return data;
  if (optional) return {};
  throw new Error(`${kind} "${name}" not found, and it is not optional`);
}

function text(value: string | Uint8Array): string {
  return typeof value === "string" ? value : Buffer.from(value).toString("utf8");
}

function fieldValue(path: string, { metadata, spec }: Pod): string {
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (keyed?.[1] !== undefined && keyed[2] !== undefined) {
    return metadata[keyed[1] === "labels" ? "labels" : "annotations"][keyed[2]] ?? "";
  }
  const plain: Record<string, string> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.serviceAccountName": spec.serviceAccountName,
  };
  const value = plain[path];
  if (value === undefined) throw new Error(`fieldPath ${path} has no value on this machine`);
  return value;
}

/** A value sees only the names listed before it: that is why the order of `env` in a Task is part of its safety. */
export function environment(container: Container, pod: Pod, objects: ClusterObjects): Map<string, string> {
  const env = new Map<string, string>();
  for (const { prefix = "", secretRef, configMapRef } of container.envFrom) {
    for (const [kind, ref] of [
      ["configmap", configMapRef],
      ["secret", secretRef],
    ] as const) {
      if (ref === undefined) continue;
      for (const [key, value] of Object.entries(objectData(kind, ref.name, ref.optional ?? false, objects))) {
        env.set(prefix + key, text(value));
      }
    }
  }
  for (const { name, value, valueFrom } of container.env) {
    if (valueFrom?.fieldRef !== undefined) {
      env.set(name, fieldValue(valueFrom.fieldRef.fieldPath, pod));
      continue;
    }
    const ref = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
    if (ref === undefined) {
      env.set(name, expand(value ?? "", env));
      continue;
    }
    const kind = valueFrom?.secretKeyRef === undefined ? "configmap" : "secret";
    const found = objectData(kind, ref.name, ref.optional ?? false, objects)[ref.key];
    if (found !== undefined) env.set(name, text(found));
    else if (!ref.optional) throw new Error(`${kind} "${ref.name}" has no key "${ref.key}", which ${name} needs`);
  }
  return env;
}

export function commandLine(container: Container, env: ReadonlyMap<string, string>): string[] {
  return [...container.command, ...container.args].map((argument) => expand(argument, env));
}

interface VolumeFile {
  path: string;
  content: string | Uint8Array;
  mode: number;
}

type Sources = NonNullable<Volume["projected"]>["sources"];
type Items = { key: string; path: string; mode?: number | undefined }[] | undefined;

function selected(what: string, data: Data, items: Items, optional: boolean, mode: number): VolumeFile[] {
  if (items === undefined) return Object.entries(data).map(([path, content]) => ({ path, content, mode }));
  const files: VolumeFile[] = [];
  for (const item of items) {
    const content = data[item.key];
    if (content !== undefined) files.push({ path: item.path, content, mode: item.mode ?? mode });
    else if (!optional) throw new Error(`${what} has no key "${item.key}", and it is not optional`);
  }
  return files;
}

/** The files that the kubelet writes itself, or undefined for a volume that is a plain directory. */
function volumeFiles(volume: Volume, pod: Pod, objects: ClusterObjects): VolumeFile[] | undefined {
  const { secret, configMap, downwardAPI, projected } = volume;
  const source = secret ?? configMap ?? downwardAPI ?? projected;
  if (source === undefined) return undefined;
  const mode = source.defaultMode ?? 0o644;
  const { secretName, items, optional } = secret ?? {};
  const sources: Sources = projected?.sources ?? [
    {
      secret: secretName === undefined ? undefined : { name: secretName, items, optional },
      configMap,
      downwardAPI,
    },
  ];

  const files: VolumeFile[] = [];
  for (const { secret, configMap, downwardAPI, serviceAccountToken: token } of sources) {
    for (const [kind, ref] of [
      ["secret", secret],
      ["configmap", configMap],
    ] as const) {
      if (ref === undefined) continue;
      const data = objectData(kind, ref.name, ref.optional ?? false, objects);
      files.push(...selected(`${kind} "${ref.name}"`, data, ref.items, ref.optional ?? false, mode));
    }
    for (const item of downwardAPI?.items ?? []) {
      files.push({ path: item.path, content: fieldValue(item.fieldRef.fieldPath, pod), mode: item.mode ?? mode });
    }
    if (token !== undefined) {
      const content = objects.tokens[token.audience ?? ""];
      if (content === undefined) throw new Error(`no token for the audience "${token.audience ?? ""}" was given`);
      files.push({ path: token.path, content, mode: 0o600 });
    }
  }
  return files;
}

/**
 * Writes a volume into an empty directory. Secrets and ConfigMaps get the kubelet's layout, in which every
 * visible file is a link through `..data`: a step that refuses links or counts entries must fail here too.
 */
export async function writeVolume(
  volume: Volume,
  pod: Pod,
  objects: ClusterObjects,
  directory: string,
  fsGroup: number,
): Promise<void> {
  const files = volumeFiles(volume, pod, objects);
  await mkdir(directory, { recursive: true });
  await chown(directory, 0, fsGroup);
  // Set-group-id makes what a step creates belong to the group that the next step has, too.
  await chmod(directory, 0o2777);
  if (files === undefined) return;
  const payload = "..2026_01_01_00_00_00.0000000000";
  await mkdir(join(directory, payload));
  await chmod(join(directory, payload), 0o755);
  await symlink(payload, join(directory, "..data"));
  for (const { path, content, mode } of files) {
    const file = join(directory, payload, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chown(file, 0, fsGroup);
    await chmod(file, mode | 0o440);
  }
  for (const top of new Set(files.map(({ path }) => path.split("/")[0] ?? path))) {
    await symlink(join("..data", top), join(directory, top));
  }
}

/** What fsGroup does to a volume claim: without it a random user could write nothing there. */
export async function giveToGroup(path: string, fsGroup: number): Promise<void> {
  const stats = await lstat(path);
  await lchown(path, stats.uid, fsGroup);
  if (stats.isSymbolicLink()) return;
  await chmod(path, (stats.mode & 0o7777) | (stats.isDirectory() ? 0o2770 : 0o660));
  if (!stats.isDirectory()) return;
  for (const name of await readdir(path)) await giveToGroup(join(path, name), fsGroup);
}
