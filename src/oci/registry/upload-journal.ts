import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, livenessOf, ownerToken } from "../../content/index.ts";

/** Registries forget uploads after a day or a week; what is older is not worth asking for. */
const longestMs = 24 * 3_600_000;
const mostBytes = 16 * 1024;

/** An upload that was begun, as it is written down. */
interface Entry {
  readonly location: string;
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * Uploads that were begun and not ended, so that another process can go on where one was killed. A Location may hold what
 * lets anybody add to the upload, so it is kept where only this user may read, one file for each upload. An upload is
 * known by its blob's digest, or by what identifies the file while the digest is not known.
 */
export class UploadJournal {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** This user's journal; undefined where there is no place for one. */
  static ofUser(env: Readonly<Record<string, string | undefined>>): UploadJournal | undefined {
    const caches = cacheDirectory(env);
    return caches === undefined ? undefined : UploadJournal.in(caches);
  }

  /** The journal below a directory for caches. */
  static in(caches: string): UploadJournal {
    return new UploadJournal(join(caches, "slipway", "uploads"));
  }

  /** The Location of an upload that a process which has ended left behind. */
  async recall(repository: string, key: string): Promise<URL | undefined> {
    const file = this.#file(repository, key);
    const entry = await readEntry(file);
    if (entry === undefined) return undefined;
    // Two who add to one upload would spoil it for each other.
    if (entry.owner !== ownerToken() && livenessOf(entry.owner) === "alive") return undefined;
    if (Date.now() - entry.startedAt < longestMs && URL.canParse(entry.location)) return new URL(entry.location);
    await rm(file, { force: true }).catch(() => {});
    return undefined;
  }

  /** Writes down where an upload goes on. Fails in silence: nothing but time depends on it. */
  async note(repository: string, key: string, location: URL): Promise<void> {
    const file = this.#file(repository, key);
    const before = await readEntry(file);
    if (before !== undefined && before.owner !== ownerToken() && livenessOf(before.owner) === "alive") return;
    const entry: Entry = { location: location.href, owner: ownerToken(), startedAt: before?.startedAt ?? Date.now() };
    const draft = `${file}.${ownerToken()}`;
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify(entry), { mode: 0o600 });
      await rename(draft, file);
    } catch {
      await rm(draft, { force: true }).catch(() => {});
    }
  }

  /** Forgets an upload that ended, and what is too old for anybody. */
  async forget(repository: string, key: string): Promise<void> {
    await rm(this.#file(repository, key), { force: true }).catch(() => {});
    const names = await readdir(this.#directory).catch(() => []);
    for (const name of names) {
      const file = join(this.#directory, name);
      const found = await lstat(file).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > longestMs)
        await rm(file, { force: true }).catch(() => {});
    }
  }

  #file(repository: string, key: string): string {
    return join(this.#directory, createHash("sha256").update(`${repository}\n${key}`).digest("hex"));
  }
}

/** An entry that is somebody else's, or that others may write to, is none. */
async function readEntry(file: string): Promise<Entry | undefined> {
  try {
    const found = await lstat(file);
    const own = found.isFile() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
    if (!own || found.size > mostBytes) return undefined;
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === "object" &&
    value !== null &&
    "location" in value &&
    typeof value.location === "string" &&
    "owner" in value &&
    typeof value.owner === "string" &&
    "startedAt" in value &&
    typeof value.startedAt === "number"
  );
}
