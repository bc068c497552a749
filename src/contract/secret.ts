import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { reason, SlipwayError, systemCode } from "../errors/index.ts";
import { contractError } from "./errors.ts";

/** Largest secret that is read: keys, passwords and tokens are far smaller. */
const maxSecretBytes = 64 * 1024;

/** Where a secret lies. Its content is read when it is used, and is never part of an input's text. */
export interface Secret {
  /** What may be shown: the path or the variable's name. */
  readonly place: string;
  /**
   * The secret's bytes.
   * @throws SlipwayError SECRET_UNREADABLE
   */
  read(): Promise<Buffer>;
  /** Whether every user of the machine can read it, as a careless mount makes it; left out where that cannot be told. */
  isExposed?(): Promise<boolean>;
}

/**
 * A secret in a file; `path` is absolute or relative to `directory`.
 *
 * A path that leads nowhere is never shown, neither by us nor in the system's own words: it may be the secret itself,
 * given where its file belongs.
 *
 * @param input name of the input, for messages
 */
export function secretInFile(path: string, directory: string, input: string): Secret {
  return {
    place: path,
    async read() {
      try {
        await using file = await open(resolve(directory, path), "r");
        const buffer = Buffer.alloc(maxSecretBytes + 1);
        let length = 0;
        for (;;) {
          const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
          length += bytesRead;
          if (bytesRead === 0 || length === buffer.length) break;
        }
        return checked(buffer.subarray(0, length), path);
      } catch (error) {
        if (error instanceof SlipwayError) throw error;
        if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(systemCode(error) ?? "")) {
          throw contractError("SECRET_UNREADABLE", `the file that the input "${input}" names does not exist`);
        }
        throw contractError("SECRET_UNREADABLE", `cannot read the secret file ${path}: ${reason(error)}`, {
          cause: error,
        });
      }
    },
    async isExposed() {
      try {
        return ((await stat(resolve(directory, path))).mode & readableByOthers) !== 0;
      } catch {
        return false;
      }
    },
  };
}

const readableByOthers = 0o004;

/** A secret in an environment variable, for hosts that cannot mount files. */
export function secretInEnvironment(name: string, env: Readonly<Record<string, string | undefined>>): Secret {
  return {
    place: `env://${name}`,
    async read() {
      return checked(Buffer.from(env[name] ?? "", "utf8"), `env://${name}`);
    },
  };
}

function checked(bytes: Buffer, place: string): Buffer {
  if (bytes.length === 0) throw contractError("SECRET_UNREADABLE", `the secret ${place} is empty or not set`);
  if (bytes.length > maxSecretBytes) {
    throw contractError("SECRET_UNREADABLE", `the secret ${place} is larger than 64 KiB`);
  }
  return bytes;
}
