import { gitError } from "./errors.ts";

/** Refuses a path that could leave the repository or confuse git. @throws SlipwayError GIT_PATH_INVALID */
export function requirePath(path: string): string {
  const parts = path.split("/");
  const bad =
    path.length > 1024 ||
    /[\p{Cc}\\]/u.test(path) ||
    parts.some((part) => part === "" || part === "." || part === ".." || /^\.git$/i.test(part));
  if (!bad) return path;
  throw gitError("GIT_PATH_INVALID", `"${path.slice(0, 200)}" is not a path inside of a repository`);
}
