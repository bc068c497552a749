import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { systemCode } from "../errors/index.ts";

/**
 * Names the process that made a temporary file or holds a lock, in a file name: `<place>-<pid>-<start>`.
 * `place` stands for one boot of one machine in one PID namespace; only there does the PID mean anything.
 */
export type OwnerToken = string;

export type Liveness = "alive" | "dead" | "elsewhere";

const tokenPattern = /^([0-9a-f]{12})-([1-9]\d{0,9})-(\d+)$/;
/** Start time in the token of a process that could not find out its own. */
const unknownStart = "0";

let own: OwnerToken | undefined;

/** The token of this process. */
export function ownerToken(): OwnerToken {
  own ??= `${place()}-${process.pid}-${startOf(process.pid) ?? unknownStart}`;
  return own;
}

/** Whether a text has the form of a token. */
export function isOwnerToken(text: string): boolean {
  return tokenPattern.test(text);
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
  // A reused PID has another start time; where /proc does not show the process, the PID alone must do.
  if (start === "ended") return "dead";
  if (start !== undefined && match[3] !== unknownStart) return String(start) === match[3] ? "alive" : "dead";
  return answersSignals(pid) ? "alive" : "dead";
}

/** The process that a token names, for people. */
export function describeOwner(token: OwnerToken): string {
  const match = tokenPattern.exec(token);
  if (match === null || match[1] !== place()) return "a process on another machine or in another container";
  return `the process ${match[2]}`;
}

function place(): string {
  const parts = [readOr("/proc/sys/kernel/random/boot_id", hostname()), linkOr("/proc/self/ns/pid", "")];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12);
}

/** Clock ticks after boot at which a process started: field 22 of proc_pid_stat(5). Undefined when it is not shown. */
function startOf(pid: number): number | "ended" | undefined {
  const stat = readOr(`/proc/${pid}/stat`, "");
  // The command name, field 2, may hold spaces and parentheses; the fields after its last ")" do not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A process that nobody has waited for yet still answers signals. While other threads than the first finish what
  // they were writing (field 20 counts them), it is not over.
  if (/^[ZX]$/.test(fields[0] ?? "") && Number(fields[17]) <= 1) return "ended";
  const start = Number(fields[19]);
  return Number.isSafeInteger(start) ? start : undefined;
}

// /proc mounted with hidepid shows nobody else's processes, and some systems have none: the kernel still tells.
function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
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
