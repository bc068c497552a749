import { helperServer } from "./config-key.ts";
import { askCredentialHelper } from "./credential-helper.ts";
import type { Credentials } from "./credentials.ts";
import { type CredentialSource, credentialSources } from "./docker-config.ts";
import { configPlaces, type Environment, readConfig } from "./find-config.ts";
import { shownUser } from "./shown-user.ts";

/** What a search for credentials came to. */
export interface CredentialSearch {
  /** Undefined when there are none. */
  readonly credentials: Credentials | undefined;
  /** Where they lie; undefined when there are none. */
  readonly located: LocatedCredentials | undefined;
  /** Whose they are and where they lie, in words that may be shown; undefined when there are none. */
  readonly origin: string | undefined;
  /** Files that were looked at, there or not. */
  readonly lookedAt: readonly string[];
}

/** Credentials, and where they lie. */
export interface LocatedCredentials {
  readonly credentials: Credentials;
  /** The configuration file that holds them, or names their helper. */
  readonly file: string;
  /** What follows `docker-credential-` in the name of the helper that gave them; undefined when the file has them. */
  readonly helper: string | undefined;
  /** True when the file has them and every user of the machine may read it. */
  readonly exposed: boolean;
}

/**
 * The credentials that docker, podman and their credential helpers have for a repository. Everything is read anew, so
 * that a file that was replaced and a helper's new password are noticed.
 *
 * @param host of the registry as the user wrote it, with its port if it has one
 * @throws SlipwayError REGISTRY_CREDENTIALS_UNREADABLE, CREDENTIAL_HELPER_FAILED; the signal's reason
 */
export async function findCredentials(
  host: string,
  repository: string,
  env: Environment,
  signal: AbortSignal,
): Promise<CredentialSearch> {
  const lookedAt: string[] = [];
  for (const place of configPlaces(env)) {
    lookedAt.push(place.path);
    const found = await readConfig(place);
    if (found === undefined) continue;
    const { config, readableByOthers } = found;
    const { file } = config;
    for (const source of credentialSources(config, host, repository)) {
      const credentials =
        source.kind === "file"
          ? source.credentials
          : await askCredentialHelper({ name: source.name, server: helperServer(host), file, env, signal });
      if (credentials === undefined) continue;
      const origin = `${shownUser(credentials)} ${placeOf(source, file, readableByOthers)}`;
      const located = { credentials, file, ...placeIn(source, readableByOthers) };
      return { credentials, located, origin, lookedAt };
    }
  }
  return { credentials: undefined, located: undefined, origin: undefined, lookedAt };
}

function placeIn(source: CredentialSource, readableByOthers: boolean): Pick<LocatedCredentials, "helper" | "exposed"> {
  if (source.kind === "helper") return { helper: source.name, exposed: false };
  return { helper: undefined, exposed: readableByOthers };
}

function placeOf(source: CredentialSource, file: string, readableByOthers: boolean): string {
  if (source.kind === "helper") return `from docker-credential-${source.name}, which ${file} names`;
  return `in ${file}${readableByOthers ? ", which every user of this machine may read" : ""}`;
}
