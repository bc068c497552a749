import { helperServer } from "./config-key.ts";
import { askCredentialHelper } from "./credential-helper.ts";
import type { Credentials } from "./credentials.ts";
import { credentialSources } from "./docker-config.ts";
import { configPlaces, type Environment, readConfig } from "./find-config.ts";

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
  for (const place of configPlaces(env)) {
    const found = await readConfig(place);
    if (found === undefined) continue;
    const { config, readableByOthers } = found;
    for (const source of credentialSources(config, host, repository)) {
      if (source.kind === "file" && readableByOthers) {
        report(`${config.file} holds registry credentials and can be read by every user of this machine`);
      }
      const credentials =
        source.kind === "file"
          ? source.credentials
          : await askCredentialHelper({
              name: source.name,
              server: helperServer(host),
              file: config.file,
              env,
              signal,
            });
      if (credentials !== undefined) return credentials;
    }
  }
  return undefined;
}
