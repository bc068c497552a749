import type { Secret } from "../../contract/index.ts";
import { gitError } from "./errors.ts";

/** A branch of a repository, as users name it. */
export interface GitRemote {
  /** URL (https, ssh, file), `user@host:path`, or an absolute path. */
  readonly repository: string;
  readonly branch: string;
  /** Sent as the password of HTTPS through GIT_ASKPASS, and nowhere else. */
  readonly token?: Secret | undefined;
}

/** How git gets to a repository. */
export type Transport = "local" | "ssh" | "http";

/**
 * Refuses remotes that git would take for options or commands, credentials inside of URLs, and tokens that would
 * travel in clear.
 *
 * @throws SlipwayError GIT_REMOTE_INVALID, which shows no credentials
 */
export function requireRemote({ repository, branch, token }: GitRemote): Transport {
  const shown = withoutCredentials(repository);
  if (/^https?:\/\/[^/]*@/i.test(repository) || /:\/\/[^/@]*:[^/@]*@|^[^/@]*:[^/@]+@/.test(repository)) {
    throw gitError("GIT_REMOTE_INVALID", `the repository ${shown} has credentials in its URL`);
  }
  if (/^https?:[^?#]*[?#]/i.test(repository)) {
    throw gitError("GIT_REMOTE_INVALID", `the repository ${shown} has a query or a fragment in its URL`);
  }
  const transport = transportOf(repository);
  if (transport === undefined || /[\p{Cc}]/u.test(repository)) {
    throw gitError("GIT_REMOTE_INVALID", `"${shown}" is neither a URL of https, ssh or file nor an absolute path`);
  }
  if (token !== undefined && /^http:/.test(repository) && !loopback.test(repository)) {
    throw gitError("GIT_REMOTE_INVALID", `the token for ${shown} would travel without encryption`, {
      remedy: "Name the repository by its https URL.",
    });
  }
  if (!isBranch(branch)) throw gitError("GIT_REMOTE_INVALID", `"${branch.slice(0, 200)}" is not the name of a branch`);
  return transport;
}

const loopback = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/;

// Schemes in small letters, as git knows them; no host, user or path begins with a dash, which ssh takes for an option.
function transportOf(repository: string): Transport | undefined {
  if (/^(\/|file:\/\/\/)/.test(repository)) return "local";
  if (/^https?:\/\/[A-Za-z0-9[]/.test(repository)) return "http";
  const ssh = /^ssh:\/\/([A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9[]/;
  const scp = /^[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9[][A-Za-z0-9.:[\]-]*:[^:-]/;
  return ssh.test(repository) || scp.test(repository) ? "ssh" : undefined;
}

/** The rules of `git check-ref-format --branch`. */
function isBranch(branch: string): boolean {
  const forbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[/-]|\/$|\.$|\.lock(\/|$)|(^|\/)\./u;
  return branch !== "" && branch !== "@" && branch !== "HEAD" && !forbidden.test(branch);
}

/** A text that names repositories, as it may be shown. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/:\/\/[^/\s]*@/g, "://…@")
    .replace(/(^|\s)[^\s/:@]+:[^\s/@]+@/g, "$1…@")
    .replace(/(https?:[^\s?#']*)[?#][^\s']*/gi, "$1?…")
    .slice(0, 300);
}
