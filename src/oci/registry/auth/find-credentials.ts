import { helperServer } from "./config-key.ts";
import { askCredentialHelper } from "./credential-helper.ts";
import type { Credentials } from "./credentials.ts";
import { credentialSources } from "./docker-config.ts";
import { configPlaces, type Environment, readConfig } from "./find-config.ts";

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
 * @param report hears of what is no failure but should be mended
 * @returns undefined when there are none
 * @throws SlipwayError REGISTRY_CREDENTIALS_UNREADABLE, CREDENTIAL_HELPER_FAILED; the signal's reason
 */
export async function findCredentials(
  host: string,
  repository: string,
  env: Environment,
  signal: AbortSignal,
  report: (notice: string) => void = () => {},
): Promise<Credentials | undefined> {
  const located = await locateCredentials(host, repository, env, signal);
  if (located?.exposed === true) {
    report(`${located.file} holds registry credentials and can be read by every user of this machine`);
  }
  return located?.credentials;
}

/** The same, with the place where they were found. */
export async function locateCredentials(
  host: string,
  repository: string,
  env: Environment,
  signal: AbortSignal,
): Promise<LocatedCredentials | undefined> {
  for (const place of configPlaces(env)) {
    const found = await readConfig(place);
    if (found === undefined) continue;
    const { config, readableByOthers } = found;
    const { file } = config;
    for (const source of credentialSources(config, host, repository)) {
      if (source.kind === "file") {
        return { credentials: source.credentials, file, helper: undefined, exposed: readableByOthers };
      }
      const { name } = source;
      const credentials = await askCredentialHelper({ name, server: helperServer(host), file, env, signal });
      if (credentials !== undefined) return { credentials, file, helper: name, exposed: false };
    }
  }
  return undefined;
}
