import { accessSync, type BigIntStats, constants, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
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

/** Entries that are looked at in one go: asking the system in place is ten times as fast as in a thread. */
const entriesAtOnce = 256;

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
  await walk.toTheEnd();
  const files = walk.files.sort(byPath);
  const problems = walk.problems.sort(byPath).map(({ error }) => error);
  const clash = findClash(files.map((file) => file.path));
  if (clash !== undefined) {
    problems.push(sourceError("MODEL_NAME_CLASH", `"${clash.path}" ${clash.why}: "${clash.clashesWith}"`));
  }
  const [first] = problems;
  if (first !== undefined) throw allOf(first, problems);
  if (files.length === 0) throw sourceError("MODEL_EMPTY", `${directory} holds no files`);
  return { root: walk.root, files, leftOut: walk.leftOut.sort() };
}

/** A directory that is to be looked into. */
interface Unvisited {
  /** As bytes, since a name that is not UTF-8 must be noticed, not replaced. */
  readonly location: Buffer;
  /** Relative to the model's directory, which is "". */
  readonly path: string;
}

class Walk {
  readonly root: string;
  readonly files: ModelFile[] = [];
  readonly leftOut: string[] = [];
  readonly problems: { readonly path: string; readonly error: SlipwayError }[] = [];
  readonly #unvisited: Unvisited[] = [];

  constructor(root: string) {
    this.root = root;
    this.#unvisited.push({ location: Buffer.from(root), path: "" });
  }

  async toTheEnd(): Promise<void> {
    let looked = 0;
    for (let next = this.#unvisited.pop(); next !== undefined; next = this.#unvisited.pop()) {
      for (const entry of this.#entriesOf(next)) {
        this.#visit(next, entry);
        looked += 1;
        if (looked % entriesAtOnce === 0) await nextTurn();
      }
    }
  }

  #entriesOf({ location, path }: Unvisited): readonly Buffer[] {
    const entries = this.#collecting(path, () => readdirSync(location, { encoding: "buffer" }));
    if (entries?.length === 0 && path !== "") this.leftOut.push(`${path}/ (empty)`);
    return entries ?? [];
  }

  #visit({ location, path }: Unvisited, entry: Buffer): void {
    const name = entry.toString("utf8");
    const below = path === "" ? name : `${path}/${name}`;
    this.#collecting(below, () => {
      if (!Buffer.from(name).equals(entry)) {
        throw sourceError("MODEL_NAME_REFUSED", `"${below}" is not UTF-8 (bytes ${entry.toString("hex")})`);
      }
      const problem = pathProblem(below);
      if (problem !== undefined) throw sourceError("MODEL_NAME_REFUSED", `"${below}" ${problem.why}`);
      const place = Buffer.concat([location, Buffer.from("/"), entry]);
      const found = lstatSync(place, { bigint: true });
      if (versionControl.has(name)) this.leftOut.push(found.isDirectory() ? `${below}/` : below);
      else if (found.isDirectory()) this.#unvisited.push({ location: place, path: below });
      else this.files.push(fileAt(place.toString("utf8"), below, found, this.root));
    });
  }

  /** What cannot be part of a model is one of its problems; what is gone ends the walk. */
  #collecting<T>(path: string, look: () => T): T | undefined {
    try {
      return look();
    } catch (cause) {
      if (systemCode(cause) === "ENOENT") {
        throw sourceError("MODEL_CHANGED", `"${path}" disappeared while the directory was listed`, { cause });
      }
      const error =
        cause instanceof SlipwayError
          ? cause
          : sourceError("MODEL_UNREADABLE", `cannot read "${path || "."}": ${reason(cause)}`, { cause });
      this.problems.push({ path, error });
      return undefined;
    }
  }
}

/** @throws SlipwayError MODEL_LINK_ESCAPES, MODEL_LINK_UNUSABLE, MODEL_SPECIAL_FILE; what the system says */
function fileAt(location: string, path: string, found: BigIntStats, root: string): ModelFile {
  if (found.isFile()) return readable(location, path, found);
  if (!found.isSymbolicLink()) {
    throw sourceError("MODEL_SPECIAL_FILE", `"${path}" is not a file, a directory or a link`);
  }
  const target = targetOf(location, path);
  const inside = relative(root, target);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw sourceError("MODEL_LINK_ESCAPES", `the link "${path}" leads out of the directory`);
  }
  const there = statSync(target, { bigint: true });
  if (there.isFile()) return readable(target, path, there);
  const what = there.isDirectory() ? "a directory" : "a special file";
  throw sourceError("MODEL_LINK_UNUSABLE", `the link "${path}" leads to ${what}`);
}

function targetOf(link: string, path: string): string {
  try {
    return realpathSync(link);
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) throw error;
    throw sourceError("MODEL_LINK_UNUSABLE", `the link "${path}" leads nowhere: ${code}`);
  }
}

function readable(source: string, path: string, found: BigIntStats): ModelFile {
  accessSync(source, constants.R_OK);
  const executable = (found.mode & 0o100n) !== 0n;
  return { path, source, size: Number(found.size), executable, identity: identityOf(found) };
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
