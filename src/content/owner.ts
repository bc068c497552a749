import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Names the process that made a temporary file or holds a lock, in a file name: `<place>-<pid>-<start>`.
 * `place` stands for one boot of one machine in one PID namespace; only there does the PID mean anything.
 */
export type OwnerToken = string;

export type Liveness = "alive" | "dead" | "elsewhere";

const tokenPattern = /^([0-9a-f]{12})-(\d+)-(\d+)$/;

let own: OwnerToken | undefined;

/** The token of this process. */
export function ownerToken(): OwnerToken {
  own ??= `${place()}-${process.pid}-${startOf(process.pid) ?? 0}`;
  return own;
}

/**
 * Whether the process that a token names still runs. `elsewhere` when it belongs to another machine, boot or
 * container, where nothing can be said.
 */
export function livenessOf(token: OwnerToken): Liveness {
  const match = tokenPattern.exec(token);
  if (match === null || match[1] !== place()) return "elsewhere";
  const pid = Number(match[2]);
  const start = startOf(pid);
  // A reused PID has another start time; without /proc the PID alone must do.
  if (start !== undefined) return String(start) === match[3] ? "alive" : "dead";
  return answersSignals(pid) ? "alive" : "dead";
}

function place(): string {
  const parts = [readOr("/proc/sys/kernel/random/boot_id", hostname()), linkOr("/proc/self/ns/pid", "")];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12);
}

/** Clock ticks after boot at which a process started: field 22 of proc_pid_stat(5). */
function startOf(pid: number): number | undefined {
  const stat = readOr(`/proc/${pid}/stat`, "");
  // The command name, field 2, may hold spaces and parentheses; the fields after its last ")" do not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  const start = Number(fields[19]);
  if (stat === "" || state === "Z" || !Number.isSafeInteger(start)) return undefined;
  return start;
}

function answersSignals(pid: number): boolean {
  if (readOr("/proc/self/stat", "") !== "") return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fallback;
  }
}

function linkOr(path: string, fallback: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return fallback;
  }
}
