import { matching } from "./config-key.ts";
import type { Credentials } from "./credentials.ts";
import { authError } from "./errors.ts";
import { isObject, type JsonObject, member, parseObject } from "./json-object.ts";

/** A docker or podman configuration file, as far as it is about credentials (containers-auth.json(5)). */
export interface DockerConfig {
  /** Its path, for messages. */
  readonly file: string;
  readonly auths: ReadonlyMap<string, JsonObject>;
  /** Names of credential helpers, by registry. */
  readonly credHelpers: ReadonlyMap<string, string>;
  /** The helper for every other registry. */
  readonly credsStore: string | undefined;
}

/** Where a file says that credentials are. */
export type CredentialSource =
  | { readonly kind: "helper"; readonly name: string }
  | { readonly kind: "file"; readonly credentials: Credentials };

/**
 * Parses a configuration file. Its entries are looked at when they are used: one that is broken harms nobody else.
 * @throws SlipwayError REGISTRY_CREDENTIALS_UNREADABLE, which quotes nothing but keys
 */
export function parseDockerConfig(bytes: Uint8Array, file: string): DockerConfig {
  // Docker takes an empty file for one that says nothing.
  const config = isBlank(bytes) ? {} : parseObject(bytes);
  if (config === undefined) throw unreadable(file, "is not a JSON object");
  const credsStore = textOf(config, "credsStore", file, "");
  return {
    file,
    auths: entries(config, "auths", file, (value) => (isObject(value) ? value : undefined)),
    credHelpers: entries(config, "credHelpers", file, (value) => (typeof value === "string" ? value : undefined)),
    credsStore: credsStore === "" ? undefined : credsStore,
  };
}

/**
 * Where to look for the credentials of a repository, in this order: the helper of its registry, else the helper of all,
 * and then what is written in the file itself, under the longest key that leads to the repository.
 *
 * @param host of the registry, with its port if it has one
 * @throws SlipwayError REGISTRY_CREDENTIALS_UNREADABLE for a broken entry
 */
export function credentialSources(config: DockerConfig, host: string, repository: string): readonly CredentialSource[] {
  const helper = matching(config.credHelpers, host, repository)[0] ?? config.credsStore ?? "";
  const written = matching(config.auths, host, repository)
    .map((entry) => credentialsIn(entry, config.file, host))
    .find((credentials) => credentials !== undefined);
  return [
    // An empty name switches the common helper off for one registry.
    ...(helper === "" ? [] : [{ kind: "helper", name: helper } as const]),
    ...(written === undefined ? [] : [{ kind: "file", credentials: written } as const]),
  ];
}

/** What an entry of `auths` holds; nothing where `docker login` has left only a name behind. */
function credentialsIn(entry: JsonObject, file: string, host: string): Credentials | undefined {
  const at = ` of ${host}`;
  const registryToken = textOf(entry, "registrytoken", file, at);
  if (registryToken !== "") return { kind: "registry-token", token: sendable(registryToken, file, at) };
  const identityToken = textOf(entry, "identitytoken", file, at);
  if (identityToken !== "") return { kind: "identity-token", token: identityToken };
  const auth = textOf(entry, "auth", file, at).trim();
  if (auth !== "") return decodeAuth(auth, file, at);
  const username = textOf(entry, "username", file, at);
  const password = textOf(entry, "password", file, at);
  return username === "" ? undefined : { kind: "password", username, password };
}

function decodeAuth(auth: string, file: string, at: string): Credentials {
  const decoded = /^[A-Za-z0-9+/\r\n]+={0,2}$/.test(auth) ? Buffer.from(auth, "base64").toString("utf8") : "";
  const colon = decoded.indexOf(":");
  if (colon < 1) throw unreadable(file, `has an \`auth\`${at} that is not <user>:<password> in base64`);
  // Docker once wrote passwords with the zeros that had filled up its buffer.
  const password = decoded.slice(colon + 1).replace(/\0+$/, "");
  return { kind: "password", username: decoded.slice(0, colon), password };
}

function sendable(token: string, file: string, at: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw unreadable(file, `has a \`registrytoken\`${at} that no header can hold`);
}

function entries<T>(
  config: JsonObject,
  key: string,
  file: string,
  accept: (value: unknown) => T | undefined,
): ReadonlyMap<string, T> {
  const found = member(config, key) ?? {};
  if (!isObject(found)) throw unreadable(file, `has \`${key}\` that is not an object`);
  const accepted = new Map<string, T>();
  for (const [name, value] of Object.entries(found)) {
    if (value === null) continue;
    const entry = accept(value);
    if (entry === undefined) throw unreadable(file, `has an entry in \`${key}\` that is of the wrong type`);
    accepted.set(name, entry);
  }
  return accepted;
}

/** A member's text; empty when it is not there. */
function textOf(object: JsonObject, key: string, file: string, at: string): string {
  const value = member(object, key) ?? "";
  if (typeof value === "string") return value;
  throw unreadable(file, `has \`${key}\`${at} that is not text`);
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function unreadable(file: string, what: string): Error {
  return authError("REGISTRY_CREDENTIALS_UNREADABLE", `the file with registry credentials ${file} ${what}`);
}
