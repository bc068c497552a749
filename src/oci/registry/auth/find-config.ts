import { constants } from "node:fs";
import { open, readlink } from "node:fs/promises";
import { join } from "node:path";
import { reason, SlipwayError, systemCode } from "../../../errors/index.ts";
import { type DockerConfig, parseDockerConfig } from "./docker-config.ts";
import { authError } from "./errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

interface ConfigPlace {
  readonly path: string;
  /** The variable that names this very file; there it has to be. */
  readonly requiredBy?: string;
}

/** A configuration file that was found. */
export interface FoundConfig {
  readonly config: DockerConfig;
  /** True when every user of the machine may read the file. */
  readonly readableByOthers: boolean;
}

const maxBytes = 1024 * 1024;

/**
 * Where registry credentials may lie. A file or directory that a variable names is the only one, so that whoever
 * names one with few rights does not get those of another; else docker's own place comes before podman's. A named
 * directory may be a mounted Secret of the type kubernetes.io/dockerconfigjson, whose key is `.dockerconfigjson`.
 */
export function configPlaces(env: Environment): readonly ConfigPlace[] {
  const [file, docker, home, runtime] = ["REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "HOME", "XDG_RUNTIME_DIR"].map(
    (name) => env[name] ?? "",
  );
  if (file) return [{ path: file, requiredBy: "REGISTRY_AUTH_FILE" }];
  if (docker) return ["config.json", ".dockerconfigjson"].map((name) => ({ path: join(docker, name) }));
  return [
    ...(home ? [{ path: join(home, ".docker", "config.json") }] : []),
    ...(runtime ? [{ path: join(runtime, "containers", "auth.json") }] : []),
  ];
}

/**
 * Reads a configuration file.
 *
 * @returns undefined when there is none
 * @throws SlipwayError REGISTRY_CREDENTIALS_UNREADABLE
 */
export async function readConfig({ path, requiredBy }: ConfigPlace): Promise<FoundConfig | undefined> {
  try {
    // Without O_NONBLOCK, opening a named pipe waits for a writer that may never come.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw unreadable(path, "it is not a regular file");
    if (stats.size > maxBytes) throw unreadable(path, "it is larger than 1 MiB");
    const config = parseDockerConfig(await file.readFile(), path);
    const readableByOthers = (stats.mode & 0o004) !== 0 && !(await isMountedByKubernetes(path));
    return { config, readableByOthers };
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    if (!["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(systemCode(error) ?? "")) throw unreadable(path, reason(error));
    if (requiredBy === undefined) return undefined;
    // The path is not shown: what leads nowhere may be the credentials themselves, given where their file belongs.
    throw authError("REGISTRY_CREDENTIALS_UNREADABLE", `the file that ${requiredBy} names does not exist`, {
      remedy: `Correct ${requiredBy}, or unset it.`,
    });
  }
}

/** The kubelet writes volumes so that files are links through `..data`; nobody but the container's user sees them. */
async function isMountedByKubernetes(path: string): Promise<boolean> {
  const target = await readlink(path).catch(() => "");
  return target.startsWith("..data/");
}

function unreadable(path: string, why: string): Error {
  return authError("REGISTRY_CREDENTIALS_UNREADABLE", `cannot read the registry credentials in ${path}: ${why}`);
}
