import { gitError } from "./errors.ts";
import { listTree, readObjects, type TreeEntry } from "./objects.ts";
import { requirePath } from "./paths.ts";
import { type GitCall, runGit } from "./process.ts";

/** One commit of the first-parent history. */
export interface HistoryEntry {
  readonly commit: string;
  readonly committedAt: Date;
  readonly author: string;
  readonly subject: string;
  readonly trailers: ReadonlyMap<string, string>;
  /** The file's bytes at that commit; undefined when it was not there. */
  readonly content: Uint8Array | undefined;
}

const maxFileBytes = 4 * 1024 * 1024;
const maxHistoryBytes = 64 * 1024 * 1024;
const maxFiles = 100_000;
const regular = new Set(["100644", "100755"]);

/** The branch at one commit. */
export class Snapshot {
  /** Undefined when the branch does not exist yet. */
  readonly commit: string | undefined;
  readonly #call: GitCall;

  constructor(call: GitCall, commit: string | undefined) {
    this.#call = call;
    this.commit = commit;
  }

  /**
   * A file's bytes; undefined when there is none.
   * @throws SlipwayError GIT_PATH_INVALID, GIT_FILE_UNUSABLE for links, submodules and files above `limit` bytes
   */
  async read(path: string, limit = maxFileBytes): Promise<Uint8Array | undefined> {
    requirePath(path);
    if (this.commit === undefined) return undefined;
    const entries = await listTree(this.#call, this.commit, path);
    const entry = entries.find((candidate) => candidate.path === path);
    if (entry === undefined) {
      if (entries.length === 0) return undefined;
      throw gitError("GIT_FILE_UNUSABLE", `${path} is a directory in the repository`);
    }
    requireRegular(entry);
    if (entry.size > limit) throw gitError("GIT_FILE_UNUSABLE", `${path} has ${entry.size} bytes; ${limit} are read`);
    const [bytes] = await readObjects(this.#call, [entry.object], limit);
    return bytes;
  }

  /**
   * Every file below a directory, which costs two processes however many they are. What is not a regular file cannot be
   * read, and is not passed over: nobody could say what it hides.
   *
   * @throws SlipwayError GIT_PATH_INVALID, GIT_FILE_UNUSABLE
   */
  async readAll(directory: string, limit = maxHistoryBytes): Promise<ReadonlyMap<string, Uint8Array>> {
    const entries = await this.#entries(directory);
    entries.forEach(requireRegular);
    const size = entries.reduce((sum, entry) => sum + entry.size, 0);
    if (size > limit) throw gitError("GIT_FILE_UNUSABLE", `${directory} has ${size} bytes; ${limit} are read`);
    const contents = await readObjects(
      this.#call,
      entries.map((entry) => entry.object),
      limit,
    );
    return new Map(
      entries.flatMap(({ path }, index) => {
        const bytes = contents[index];
        return bytes === undefined ? [] : [[path, bytes] as const];
      }),
    );
  }

  /** Paths of all regular files below a directory, sorted. @throws SlipwayError GIT_PATH_INVALID, GIT_FILE_UNUSABLE */
  async list(directory: string): Promise<readonly string[]> {
    const entries = await this.#entries(directory);
    return entries.flatMap(({ mode, path }) => (regular.has(mode) ? [path] : [])).sort();
  }

  /** Commits that changed a file, newest first, along the first parents. @throws SlipwayError GIT_PATH_INVALID */
  async history(path: string, limit = 1000): Promise<readonly HistoryEntry[]> {
    requirePath(path);
    if (this.commit === undefined) return [];
    const format = "%H%x00%ct%x00%an%x00%s%x00%(trailers:only=true,unfold=true)%x00";
    const args = [
      "log",
      "-z",
      "--first-parent",
      "-m",
      `--max-count=${limit}`,
      `--format=${format}`,
      this.commit,
      "--",
      path,
    ];
    const { code, stdout, stderr } = await runGit(this.#call, args);
    if (code !== 0) throw gitError("GIT_UNREACHABLE", `git log failed: ${stderr.trim().slice(0, 300)}`);
    const fields = stdout.toString("utf8").split("\0");
    const commits = [];
    // Each record ends with an empty field of its own and the separator of -z.
    for (let at = 0; at + 5 < fields.length; at += 6) {
      const [commit = "", time = "", author = "", subject = "", trailers = ""] = fields.slice(at, at + 5);
      commits.push({
        commit,
        committedAt: new Date(Number(time) * 1000),
        author,
        subject,
        trailers: trailersIn(trailers),
      });
    }
    const names = commits.map(({ commit }) => `${commit}:${path}`);
    const contents = await readObjects(this.#call, names, maxHistoryBytes);
    return commits.map((entry, index) => ({ ...entry, content: contents[index] }));
  }

  async #entries(directory: string) {
    requirePath(directory);
    if (this.commit === undefined) return [];
    const entries = await listTree(this.#call, this.commit, `${directory}/`);
    if (entries.length > maxFiles)
      throw gitError("GIT_FILE_UNUSABLE", `${directory} holds more than ${maxFiles} files`);
    return entries;
  }
}

/** @throws SlipwayError GIT_FILE_UNUSABLE */
function requireRegular({ mode, path }: TreeEntry): void {
  if (regular.has(mode)) return;
  const what = mode === "120000" ? "a symbolic link" : "a submodule";
  throw gitError("GIT_FILE_UNUSABLE", `${path} is ${what} in the repository`);
}

function trailersIn(text: string): Map<string, string> {
  const trailers = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, key, value] = /^([A-Za-z0-9-]+): ?(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) trailers.set(key, value.trim());
  }
  return trailers;
}
