import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitSetting } from "./environment.ts";
import { gitError } from "./errors.ts";
import type { GitRemote } from "./remote.ts";

const user = "x-access-token";

/** How git learns a token, and how the token is kept out of what is shown. */
export interface Credentials {
  /** Variables for git: the script and where it finds things, never the token. */
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: readonly GitSetting[];
  /** Takes the token out of a text that a server may have sent back. */
  hide(text: string): string;
}

/**
 * Writes the token and a script that prints it into a directory that only this user may enter. The script answers for
 * the host that the user named, so that a redirect cannot take the token elsewhere.
 *
 * @throws SlipwayError SECRET_UNREADABLE; GIT_ACCESS_DENIED when there is no token in the secret
 */
export async function credentialsFor({ repository, token }: GitRemote, directory: string): Promise<Credentials> {
  const [, scheme, host] = /^(https?):\/\/([^/]+)/.exec(repository) ?? [];
  if (token === undefined || scheme === undefined || host === undefined) {
    return { variables: {}, settings: [], hide: (text) => text };
  }
  // Git reads one line and sends that; what is hidden has to be what is sent.
  const [secret = ""] = (await token.read()).toString("utf8").split(/[\r\n]/, 1);
  if (secret === "") throw gitError("GIT_ACCESS_DENIED", `the first line of the token ${token.place} is empty`);
  const file = join(directory, "token");
  const script = join(directory, "askpass");
  await writeFile(file, secret, { mode: 0o600, flag: "wx" });
  await writeFile(script, answer, { mode: 0o700, flag: "wx" });
  const forms = [secret, Buffer.from(`${user}:${secret}`).toString("base64"), encodeURIComponent(secret)];
  return {
    variables: {
      GIT_ASKPASS: script,
      SLIPWAY_TOKEN_FILE: file,
      SLIPWAY_TOKEN_SCHEME: scheme,
      SLIPWAY_TOKEN_HOST: host,
    },
    // Helpers of the user would be asked first, and would be given the token to keep.
    settings: [["credential.helper", ""]],
    hide: (text) => forms.reduce((rest, form) => rest.replaceAll(form, "…"), text),
  };
}

const answer = `#!/bin/sh
case "$1" in
  "Username for '$SLIPWAY_TOKEN_SCHEME://$SLIPWAY_TOKEN_HOST'"* | \\
  "Username for '$SLIPWAY_TOKEN_SCHEME://$SLIPWAY_TOKEN_HOST/"*) echo ${user} ;;
  "Password for '$SLIPWAY_TOKEN_SCHEME://${user}@$SLIPWAY_TOKEN_HOST'"* | \\
  "Password for '$SLIPWAY_TOKEN_SCHEME://${user}@$SLIPWAY_TOKEN_HOST/"*) cat "$SLIPWAY_TOKEN_FILE" ;;
  *) exit 1 ;;
esac
`;
