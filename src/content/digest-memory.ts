import { lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FileIdentity, identityOf, isSameFile, keyOfFile } from "./content-task.ts";

/** A file that changed so shortly before it was hashed may change again without its times showing it. */
const settledNs = 2_000_000_000n;
const mostEntries = 20_000;
const mostBytes = 8 * 1024 * 1024;
/** Key of a file and its digest; a JSON array, so that the oldest come first. */
type Entry = readonly [key: string, sha256: string];

/**
 * Digests of files that were hashed before, so that releasing a model again costs no reading. A file is known by device,
 * inode, size and both of its times in nanoseconds; its change time is the system's, which nobody sets. What is in the
 * memory is believed, so it is kept where only this user may write, and anything else there is ignored.
 */
export class DigestMemory {
  readonly #file: string;
  readonly #entries: Map<string, string>;
  #changed = false;

  private constructor(file: string, entries: Map<string, string>) {
    this.#file = file;
    this.#entries = entries;
  }

  /** This user's memory. */
  static async ofUser(): Promise<DigestMemory | undefined> {
    // biome-ignore lint/style/noProcessEnv: where caches lie is said there.
    const directory = cacheDirectory(process.env);
    return directory === undefined ? undefined : DigestMemory.open(directory);
  }

  /** The memory below a directory for caches. One that cannot be read, or is somebody else's, is empty. */
  static async open(directory: string): Promise<DigestMemory> {
    const file = join(directory, "slipway", "digests.json");
    return new DigestMemory(file, await readEntries(file));
  }

  /** Lower-case hexadecimal SHA-256; undefined for a file that is not known, or not as it is now. */
  async recall(source: string, identity: FileIdentity): Promise<string | undefined> {
    const known = this.#entries.get(keyOfFile(identity));
    if (known === undefined) return undefined;
    const now = await lstat(source, { bigint: true }).catch(() => undefined);
    return now?.isFile() && isSameFile(identity, identityOf(now)) ? known : undefined;
  }

  /** @param startedAt when the file's hashing began, in milliseconds since the epoch */
  remember(identity: FileIdentity, sha256: string, startedAt: number): void {
    const started = BigInt(Math.floor(startedAt)) * 1_000_000n;
    if (started - identity.changed < settledNs || started - identity.modified < settledNs) return;
    const key = keyOfFile(identity);
    // Last is newest.
    this.#entries.delete(key);
    this.#entries.set(key, sha256);
    this.#changed = true;
  }

  /** Keeps what was learned, beside what other processes learned meanwhile. Fails in silence: nothing depends on it. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    const merged = new Map([...(await readEntries(this.#file)), ...this.#entries]);
    const entries: Entry[] = [...merged].slice(-mostEntries);
    const draft = `${this.#file}.${process.pid}.${process.hrtime.bigint()}`;
    try {
      await mkdir(join(this.#file, ".."), { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify(entries), { mode: 0o600, flag: "wx" });
      await rename(draft, this.#file);
      this.#changed = false;
    } catch {
      await rm(draft, { force: true }).catch(() => {});
    }
  }
}

/** Where this user's caches lie (XDG Base Directory Specification); undefined for nobody's. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_CACHE_HOME: named, HOME: home } = env;
  if (named?.startsWith("/")) return named;
  return home?.startsWith("/") ? join(home, ".cache") : undefined;
}

async function readEntries(file: string): Promise<Map<string, string>> {
  try {
    const found = await lstat(file);
    const own = found.isFile() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
    if (!own || found.size > mostBytes) return new Map();
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return new Map(Array.isArray(value) ? value.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

function isEntry(value: unknown): value is Entry {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === "string" &&
    /^\d+(:-?\d+){4}$/.test(value[0]) &&
    typeof value[1] === "string" &&
    /^[0-9a-f]{64}$/.test(value[1])
  );
}
