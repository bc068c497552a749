/** A registry, and maybe a repository or a namespace in it, as keys of docker's and podman's files name it. */
export interface ConfigKey {
  /** Host and port in lower case; one name for all of Docker Hub's. */
  readonly host: string;
  /** Empty for the whole registry. */
  readonly path: string;
}

const dockerHub = "docker.io";
const dockerHubNames = [dockerHub, "index.docker.io", "registry-1.docker.io"];
/** Under this name `docker login` files Docker Hub, and credential helpers know it. */
const dockerHubServer = "https://index.docker.io/v1/";

/**
 * Reads a key: `host`, `host/namespace/repository` (containers-auth.json(5)), or a URL as older dockers wrote, such as
 * `https://index.docker.io/v1/`.
 */
export function parseConfigKey(key: string): ConfigKey {
  const plain = key.replace(/^https?:\/\//i, "");
  const [name = "", ...path] = plain.split("/").filter((part) => part !== "");
  const host = registryName(name);
  // The version of an API is no namespace; without a scheme it might be one, except on Docker Hub.
  const versioned = /^v[12]$/.test(path[0] ?? "") && path.length === 1 && (plain !== key || host === dockerHub);
  return { host, path: versioned ? "" : path.join("/") };
}

/** The one name of a registry. @param host with its port, if it has one */
function registryName(host: string): string {
  const name = host.toLowerCase().replace(/:443$/, "");
  return dockerHubNames.includes(name) ? dockerHub : name;
}

/** What a credential helper calls a registry. @param host with its port, if it has one */
export function helperServer(host: string): string {
  const name = registryName(host);
  return name === dockerHub ? dockerHubServer : name;
}

/** Values whose keys are about a repository, those of the most specific key first. */
export function matching<T>(values: ReadonlyMap<string, T>, host: string, repository: string): readonly T[] {
  const name = registryName(host);
  return [...values]
    .map(([key, value]) => ({ ...parseConfigKey(key), value }))
    .filter((entry) => entry.host === name && `${repository}/`.startsWith(entry.path === "" ? "" : `${entry.path}/`))
    .toSorted((one, other) => other.path.length - one.path.length)
    .map(({ value }) => value);
}
