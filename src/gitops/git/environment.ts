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

/** Settings that outrank every file: nothing that a repository brings can start a program. */
const settings = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.logAllRefUpdates", "false"],
  ["protocol.ext.allow", "never"],
  ["transfer.fsckObjects", "true"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["push.gpgSign", "false"],
  ["submodule.recurse", "false"],
] as const;

/**
 * The environment of every git process.
 * @param own variables of the run, such as GIT_ASKPASS
 */
export function gitEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of passed) {
    const value = env[name];
    if (value !== undefined) result[name] = value;
  }
  result["GIT_SSH_COMMAND"] ??= "ssh -o BatchMode=yes";
  result["GIT_TERMINAL_PROMPT"] = "0";
  result["LC_ALL"] = "C.UTF-8";
  result["GIT_CONFIG_COUNT"] = String(settings.length);
  for (const [index, [key, value]] of settings.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = key;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return { ...result, ...own };
}
