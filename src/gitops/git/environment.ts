/** What git may know of the step's environment: how to find programs, homes, proxies and certificates. */
const passed = [
  "PATH",
  "HOME",
  "TMPDIR",
  "SSH_AUTH_SOCK",
  "GIT_SSH_COMMAND",
  "XDG_CONFIG_HOME",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_NOSYSTEM",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
] as const;

/** Settings that outrank every file. */
const settings = [
  // Nothing that a repository brings can start a program.
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["protocol.ext.allow", "never"],
  ["transfer.fsckObjects", "true"],
  ["fetch.recurseSubmodules", "false"],
  ["submodule.recurse", "false"],
  // Objects stay until the directory goes: an earlier snapshot may still be read.
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["core.logAllRefUpdates", "false"],
  ["fetch.writeCommitGraph", "false"],
  // A person's taste must not change what is pushed or how the history is written down for us to read.
  ["push.gpgSign", "false"],
  ["push.followTags", "false"],
  ["push.recurseSubmodules", "no"],
  ["log.showSignature", "false"],
  ["log.showRoot", "true"],
  ["log.follow", "false"],
  ["trailer.separators", ":"],
  ["i18n.commitEncoding", "UTF-8"],
  ["i18n.logOutputEncoding", "UTF-8"],
  // A server that says nothing at all for a minute is given up.
  ["http.lowSpeedLimit", "1"],
  ["http.lowSpeedTime", "60"],
] as const;

/** A git setting: its key and its value. */
export type GitSetting = readonly [key: string, value: string];

/**
 * The environment of every git process. Asks nobody for passwords unless `own` has GIT_ASKPASS.
 *
 * @param own variables of the run, such as GIT_ASKPASS
 * @param more settings of the run
 */
export function gitEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
  more: readonly GitSetting[] = [],
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of passed) {
    const value = env[name];
    if (value !== undefined) result[name] = value;
  }
  result["GIT_ASKPASS"] = "";
  result["GIT_TERMINAL_PROMPT"] = "0";
  result["LC_ALL"] = "C.UTF-8";
  // A path is a path: `*`, `[` and a leading `:` mean nothing.
  result["GIT_LITERAL_PATHSPECS"] = "1";
  result["GIT_NO_LAZY_FETCH"] = "1";
  const all: readonly GitSetting[] = [...settings, ...more];
  result["GIT_CONFIG_COUNT"] = String(all.length);
  for (const [index, [key, value]] of all.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = key;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return { ...result, ...own };
}
