import { gitError } from "./errors.ts";
import { type GitCall, runGit } from "./process.ts";

/**
 * The content of blobs by object name, in the order asked for; undefined for what is not there.
 * @param limit bytes of all of them together
 * @throws SlipwayError GIT_FILE_UNUSABLE, GIT_UNREACHABLE
 */
export async function readObjects(
  call: GitCall,
  names: readonly string[],
  limit: number,
): Promise<readonly (Uint8Array | undefined)[]> {
  if (names.length === 0) return [];
  const input = names.map((name) => `${name}\n`).join("");
  const { code, stdout, stderr } = await runGit(call, ["cat-file", "--batch"], {
    input,
    limit: limit + names.length * 100,
  });
  if (code !== 0) throw gitError("GIT_UNREACHABLE", `git cat-file failed: ${stderr.trim().slice(0, 300)}`);
  const found: (Uint8Array | undefined)[] = [];
  let at = 0;
  for (const name of names) {
    const end = stdout.indexOf(0x0a, at);
    const [, type, size] = stdout.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (end < 0 || type === undefined) throw gitError("GIT_UNREACHABLE", "git cat-file stopped half way");
    if (type === "missing") {
      found.push(undefined);
      continue;
    }
    if (type !== "blob") throw gitError("GIT_FILE_UNUSABLE", `${name} is a ${type}, not a file`);
    const length = Number(size);
    found.push(new Uint8Array(stdout.subarray(at, at + length)));
    at += length + 1;
  }
  return found;
}

/** An entry of a tree. */
export interface TreeEntry {
  readonly mode: string;
  readonly object: string;
  /** Bytes; of blobs only. */
  readonly size: number;
  readonly path: string;
}

/** Entries at or below paths, as `git ls-tree -r` lists them. @throws SlipwayError GIT_UNREACHABLE */
export async function listTree(
  call: GitCall,
  commit: string,
  ...paths: readonly string[]
): Promise<readonly TreeEntry[]> {
  const { code, stdout, stderr } = await runGit(call, [
    "ls-tree",
    "-r",
    "-l",
    "-z",
    "--full-tree",
    commit,
    "--",
    ...paths,
  ]);
  if (code !== 0) throw gitError("GIT_UNREACHABLE", `git ls-tree failed: ${stderr.trim().slice(0, 300)}`);
  return stdout
    .toString("utf8")
    .split("\0")
    .flatMap((line) => {
      const [, mode, object, size, name] = /^(\d+) \S+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
      if (mode === undefined || object === undefined || name === undefined) return [];
      return [{ mode, object, size: Number(size), path: name }];
    });
}
