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

/**
 * Refuses remotes that git would take for options or commands, and credentials inside of URLs.
 * @throws SlipwayError GIT_REMOTE_INVALID
 */
export function requireRemote({ repository, branch }: GitRemote): void {
  const shown = withoutCredentials(repository);
  if (/^https?:\/\/[^/]*@/i.test(repository) || /:\/\/[^/@]*:[^/@]*@/.test(repository)) {
    throw gitError("GIT_REMOTE_INVALID", `the repository ${shown} has credentials in its URL`);
  }
  if (repository.startsWith("-") || /[\p{Cc}]/u.test(repository) || /^[A-Za-z0-9]+::/.test(repository)) {
    throw gitError("GIT_REMOTE_INVALID", `"${shown}" is not a repository`);
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(repository)?.[1]?.toLowerCase();
  const path = repository.startsWith("/");
  const scp = /^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^:]/.test(repository);
  if (!path && !scp && !["https", "http", "ssh", "file"].includes(scheme ?? "")) {
    throw gitError("GIT_REMOTE_INVALID", `"${shown}" is neither a URL of https, ssh or file nor an absolute path`);
  }
  // git check-ref-format, the rules for one component and for all.
  const bad =
    branch === "" ||
    branch.startsWith("-") ||
    /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|\.lock(\/|$)|(^|\/)\./u.test(branch) ||
    branch === "@";
  if (bad) throw gitError("GIT_REMOTE_INVALID", `"${branch}" is not the name of a branch`);
}

/** A repository's name as it may be shown. */
export function withoutCredentials(text: string): string {
  return text.replace(/:\/\/[^/\s]*@/g, "://…@").slice(0, 300);
}
