import { constants } from "node:fs";
import { access, lstat, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { type FileIdentity, identityOf } from "../../content/index.ts";
import { reason, SlipwayError, systemCode } from "../../errors/index.ts";
import { byPath, findClash, pathProblem } from "../../release/index.ts";
import { sourceError } from "../errors.ts";

/** One file of a model, as it was when the directory was listed. */
export interface ModelFile {
  /** Relative to the directory, components separated by `/`. */
  readonly path: string;
  /** Absolute; where the bytes are, links resolved. */
  readonly source: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
  readonly identity: FileIdentity;
}

export interface ModelListing {
  /** Absolute, links resolved. */
  readonly root: string;
  /** In byte order of their paths. */
  readonly files: readonly ModelFile[];
  /** Directories left out: version control, and those without files, which no form can hold. */
  readonly leftOut: readonly string[];
}

/** What belongs to version control is never part of a model; in a worktree or submodule `.git` is a file. */
const versionControl = new Set([".git", ".hg", ".svn"]);

/**
 * Lists the files of a model's directory. Links to files inside the directory stand for their content.
 *
 * All problems are found before the first is reported; each is a line of the error's details.
 *
 * @param directory absolute; may itself be a link
 * @throws SlipwayError MODEL_NOT_FOUND, MODEL_EMPTY, MODEL_UNREADABLE, MODEL_LINK_ESCAPES, MODEL_LINK_UNUSABLE,
 *   MODEL_SPECIAL_FILE, MODEL_NAME_REFUSED, MODEL_NAME_CLASH
 */
export async function listModelDirectory(directory: string): Promise<ModelListing> {
  const walk = new Walk(await rootOf(directory));
  await walk.enter(Buffer.from(walk.root), "");
  const files = walk.files.sort(byPath);
  const clash = findClash(files.map((file) => file.path));
  if (clash !== undefined) {
    walk.problems.push(sourceError("MODEL_NAME_CLASH", `"${clash.path}" ${clash.why}: "${clash.clashesWith}"`));
  }
  const [first] = walk.problems;
  if (first !== undefined) throw allOf(first, walk.problems);
  if (files.length === 0) throw sourceError("MODEL_EMPTY", `${directory} holds no files`);
  return { root: walk.root, files, leftOut: walk.leftOut.sort() };
}

class Walk {
  readonly root: string;
  readonly files: ModelFile[] = [];
  readonly leftOut: string[] = [];
  readonly problems: SlipwayError[] = [];

  constructor(root: string) {
    this.root = root;
  }

  /** Names are read as bytes, since a name that is not UTF-8 must be noticed, not replaced. */
  async enter(directory: Buffer, path: string): Promise<void> {
    const entries = await entriesOf(directory);
    if (entries.length === 0 && path !== "") this.leftOut.push(`${path}/ (empty)`);
    for (const entry of entries) {
      const name = entry.toString("utf8");
      const below = path === "" ? name : `${path}/${name}`;
      if (!Buffer.from(name).equals(entry)) {
        this.#refuse("MODEL_NAME_REFUSED", `"${below}" is not UTF-8 (bytes ${entry.toString("hex")})`);
        continue;
      }
      await this.#visit(Buffer.concat([directory, Buffer.from("/"), entry]), below, name);
    }
  }

  async #visit(location: Buffer, path: string, name: string): Promise<void> {
    const problem = pathProblem(path);
    if (problem !== undefined) return this.#refuse("MODEL_NAME_REFUSED", `"${path}" ${problem.why}`);
    try {
      const found = await lstat(location, { bigint: true });
      if (versionControl.has(name)) {
        this.leftOut.push(found.isDirectory() ? `${path}/` : path);
      } else if (found.isDirectory()) {
        await this.enter(location, path);
      } else if (found.isFile()) {
        await this.#add(location.toString("utf8"), path);
      } else if (found.isSymbolicLink()) {
        await this.#followLink(location.toString("utf8"), path);
      } else {
        this.#refuse("MODEL_SPECIAL_FILE", `"${path}" is not a file, a directory or a link`);
      }
    } catch (error) {
      if (error instanceof SlipwayError) throw error;
      if (systemCode(error) === "ENOENT") {
        throw sourceError("MODEL_CHANGED", `"${path}" disappeared while the directory was listed`, { cause: error });
      }
      this.#refuse("MODEL_UNREADABLE", `cannot read "${path}": ${reason(error)}`);
    }
  }

  async #followLink(location: string, path: string): Promise<void> {
    let target: string;
    try {
      target = await realpath(location);
    } catch (error) {
      if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(systemCode(error) ?? "")) throw error;
      return this.#refuse(
        "MODEL_LINK_UNUSABLE",
        `the link "${path}" leads nowhere: ${systemCode(error) ?? reason(error)}`,
      );
    }
    const inside = relative(this.root, target);
    if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      return this.#refuse("MODEL_LINK_ESCAPES", `the link "${path}" leads out of the directory`);
    }
    const found = await stat(target);
    if (!found.isFile()) {
      return this.#refuse(
        "MODEL_LINK_UNUSABLE",
        `the link "${path}" leads to ${found.isDirectory() ? "a directory" : "a special file"}`,
      );
    }
    await this.#add(target, path);
  }

  async #add(source: string, path: string): Promise<void> {
    await access(source, constants.R_OK);
    const found = await lstat(source, { bigint: true });
    this.files.push({
      path,
      source,
      size: Number(found.size),
      executable: (found.mode & 0o100n) !== 0n,
      identity: identityOf(found),
    });
  }

  #refuse(code: Parameters<typeof sourceError>[0], message: string): void {
    this.problems.push(sourceError(code, message));
  }
}

async function entriesOf(directory: Buffer): Promise<Buffer[]> {
  return readdir(directory, { encoding: "buffer" });
}

async function rootOf(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    if ((await stat(root)).isDirectory()) {
      await access(root, constants.R_OK | constants.X_OK);
      return root;
    }
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) {
      throw sourceError("MODEL_UNREADABLE", `cannot read ${directory}: ${reason(error)}`, { cause: error });
    }
    throw sourceError("MODEL_NOT_FOUND", `there is no directory ${directory}`, { cause: error });
  }
  throw sourceError("MODEL_NOT_FOUND", `${directory} is a file; a directory is expected`);
}

function allOf(first: SlipwayError, problems: readonly SlipwayError[]): SlipwayError {
  if (problems.length === 1) return first;
  const shown = problems.slice(0, 20).map((problem) => `${problem.code} ${problem.message}`);
  const more = problems.length - shown.length;
  return new SlipwayError(`${first.message} (and ${problems.length - 1} more)`, {
    code: first.code,
    family: first.family,
    remedy: first.remedy,
    details: more > 0 ? [...shown, `… and ${more} more`] : shown,
  });
}
