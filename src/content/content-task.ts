import { createHash } from "node:crypto";
import { closeSync, constants, fdatasyncSync, fstatSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { isOutOfSpace, reason, systemCode } from "../errors/index.ts";

/** What a file was when it was listed; reading it later must find the same. Nanoseconds since the epoch. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
}

/** One file to hash, and to copy when `target` is given. */
export interface ContentTask {
  /** Absolute path; never followed when it is a link. */
  readonly source: string;
  /** Bytes, as listed; the source must still have as many. Decides where the task runs. */
  readonly size: number;
  /** What the source must still be; undefined when only the bytes matter, as of a blob that is checked by digest. */
  readonly identity?: FileIdentity;
  /** File to create; it must not exist. Removed again when the task fails. */
  readonly target?: string;
  /** Mode of the target before the umask. */
  readonly mode?: number;
}

export interface ContentResult {
  /** Lower-case hexadecimal SHA-256 of the bytes that were read, and written when there is a target. */
  readonly sha256: string;
  readonly size: number;
}

/**
 * Why a task failed.
 * - `changed`: the source shrank, grew, was replaced, removed or written to
 * - `no-space`: no room for the target
 * - `unreadable` / `unwritable`: any other failure on either side
 */
export type ContentFailureKind = "changed" | "no-space" | "unreadable" | "unwritable";

export type ContentOutcome =
  | { readonly ok: true; readonly result: ContentResult }
  | { readonly ok: false; readonly kind: ContentFailureKind; readonly message: string };

class TaskFailure extends Error {
  readonly kind: ContentFailureKind;
  constructor(kind: ContentFailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const bufferBytes = 1024 * 1024;

/** Device, inode, size and times of an open or listed file. */
export function identityOf(stat: {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}): FileIdentity {
  return { device: stat.dev, inode: stat.ino, size: stat.size, modified: stat.mtimeNs, changed: stat.ctimeNs };
}

/** Whether a file is what it was: the same file, and not written to. */
export function isSameFile(before: FileIdentity, now: FileIdentity): boolean {
  return keyOfFile(before) === keyOfFile(now);
}

/** A text that only this file has, and only until it is written to. */
export function keyOfFile({ device, inode, size, modified, changed }: FileIdentity): string {
  return [device, inode, size, modified, changed].join(":");
}

/**
 * Reads a file once, hashing it and copying it when asked. Synchronous, so that it is the same code in a worker
 * thread and, for small files, in place. Holds one buffer of 1 MiB whatever the size.
 *
 * @param onBytes called with the number of bytes read since the last call; what it throws ends the task and is thrown
 * @param flush whether the copy is on the disk when this returns; otherwise the caller sees to it
 */
export function performContentTask(
  task: ContentTask,
  onBytes: (bytes: number) => void,
  flush: "at-once" | "later" = "at-once",
): ContentOutcome {
  try {
    return { ok: true, result: readAndCopy(task, onBytes, flush) };
  } catch (error) {
    if (error instanceof TaskFailure) return { ok: false, kind: error.kind, message: error.message };
    if (systemCode(error) === undefined) throw error;
    return { ok: false, kind: "unreadable", message: reason(error) };
  }
}

function readAndCopy(task: ContentTask, onBytes: (bytes: number) => void, flush: "at-once" | "later"): ContentResult {
  const source = openSource(task.source);
  try {
    const before = fstatSync(source, { bigint: true });
    if (!before.isFile()) throw notAFile();
    requireSame(task.identity, identityOf(before), "it was changed after it was listed");

    const target = task.target === undefined ? undefined : openTarget(task.target, task.mode ?? 0o666);
    try {
      const result = transfer(source, target, task.size, onBytes);
      requireSame(task.identity, identityOf(fstatSync(source, { bigint: true })), "it was changed while it was read");
      if (target !== undefined && flush === "at-once") onWrite(() => fdatasyncSync(target));
      return result;
    } catch (error) {
      if (task.target !== undefined) rmSync(task.target, { force: true });
      throw error;
    } finally {
      if (target !== undefined) closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

function transfer(
  source: number,
  target: number | undefined,
  expectedSize: number,
  onBytes: (bytes: number) => void,
): ContentResult {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(Math.min(expectedSize + 1, bufferBytes));
  let size = 0;
  for (;;) {
    const length = readSync(source, buffer, 0, buffer.length, null);
    if (length === 0) break;
    size += length;
    // A file that is being appended to would never end.
    if (size > expectedSize) throw new TaskFailure("changed", "it grew while it was read");
    const chunk = buffer.subarray(0, length);
    hash.update(chunk);
    if (target !== undefined) writeAll(target, chunk);
    onBytes(length);
  }
  if (size !== expectedSize) throw new TaskFailure("changed", "it shrank while it was read");
  return { sha256: hash.digest("hex"), size };
}

function requireSame(expected: FileIdentity | undefined, found: FileIdentity, message: string): void {
  // Without one, being linked to or renamed over, as a blob is when another process stores it too, is no change.
  if (expected === undefined) return;
  if (!isSameFile(expected, found)) throw new TaskFailure("changed", message);
}

/** What lies at the path that was listed; a pipe or device is opened without waiting for its other side. */
function openSource(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") throw new TaskFailure("changed", "it is gone");
    if (code === "ELOOP") throw new TaskFailure("changed", "it is a link now");
    if (code === "ENXIO") throw notAFile();
    throw error;
  }
}

function notAFile(): TaskFailure {
  return new TaskFailure("changed", "it is no longer a regular file");
}

function openTarget(path: string, mode: number): number {
  return onWrite(() => openSync(path, "wx", mode));
}

function writeAll(target: number, chunk: Buffer): void {
  for (let offset = 0; offset < chunk.length; ) {
    const from = offset;
    offset += onWrite(() => writeSync(target, chunk, from));
  }
}

function onWrite<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new TaskFailure(isOutOfSpace(error) ? "no-space" : "unwritable", reason(error));
  }
}
