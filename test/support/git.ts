import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Runs git as a person would, with no configuration but its own. */
export function git(directory: string, ...args: readonly string[]): string {
  const identity = [
    "-c",
    "user.name=Somebody",
    "-c",
    "user.email=somebody@example.com",
    "-c",
    "init.defaultBranch=main",
  ];
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  return execFileSync("git", [...identity, ...args], { cwd: directory, env, encoding: "utf8", stdio: "pipe" }).trim();
}

/** Makes `<directory>/<name>.git`, bare, with the files in its first commit on `main`, and gives its path. */
export function bareRepository(
  directory: string,
  name: string,
  files: Readonly<Record<string, string>> | undefined,
): string {
  const bare = join(directory, `${name}.git`);
  git(directory, "init", "--quiet", "--bare", bare);
  if (files !== undefined) commitTo(bare, join(directory, `${name}-first`), files, "First commit");
  return bare;
}

/** Commits files on top of `main` from a checkout of its own. */
export function commitTo(
  bare: string,
  checkout: string,
  files: Readonly<Record<string, string>>,
  message: string,
): string {
  git(dirname(checkout), "clone", "--quiet", bare, checkout);
  git(checkout, "checkout", "--quiet", "-B", "main");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), content);
  }
  git(checkout, "add", "--all");
  git(checkout, "commit", "--quiet", "--allow-empty", "-m", message);
  git(checkout, "push", "--quiet", "origin", "main");
  return git(checkout, "rev-parse", "HEAD");
}
