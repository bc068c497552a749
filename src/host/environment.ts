import { existsSync } from "node:fs";
import type { RunIdentity } from "../contract/index.ts";
import { hostError } from "./errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `SOURCE_DATE_EPOCH` in seconds, undefined when unset or empty (reproducible-builds.org, version 1.1).
 * @throws SlipwayError ENVIRONMENT_INVALID
 */
export function sourceDateEpoch(env: Environment): number | undefined {
  const text = env["SOURCE_DATE_EPOCH"] ?? "";
  if (text === "") return undefined;
  const seconds = wholeNumber(text);
  // The last second whose date RFC 3339 can write.
  if (seconds !== undefined && seconds <= 253_402_300_799) return seconds;
  throw hostError("ENVIRONMENT_INVALID", `SOURCE_DATE_EPOCH is "${text}"; expected seconds since 1970`, {
    remedy: "Set it to a whole number such as the output of `git log -1 --format=%ct`, or unset it.",
  });
}

/** @throws SlipwayError ENVIRONMENT_INVALID */
export function githubRun(env: Environment): RunIdentity {
  const id = identifier(env, "GITHUB_RUN_ID");
  const attempt = counted(env, "GITHUB_RUN_ATTEMPT") ?? 1;
  const server = env["GITHUB_SERVER_URL"] ?? "";
  const repository = env["GITHUB_REPOSITORY"] ?? "";
  const known = server !== "" && repository !== "";
  return { id, attempt, url: known ? `${server}/${repository}/actions/runs/${id}/attempts/${attempt}` : undefined };
}

/** @throws SlipwayError ENVIRONMENT_INVALID */
export function tektonRun(env: Environment): RunIdentity {
  return {
    id: identifier(env, "SLIPWAY_RUN_ID"),
    attempt: (counted(env, "SLIPWAY_RETRY_COUNT") ?? 0) + 1,
    url: undefined,
  };
}

/** A run on somebody's own machine: sorts by time, and differs from one started in the same millisecond. */
export function localRun(now: Date, random: () => number): RunIdentity {
  const suffix = Array.from({ length: 4 }, () => Math.floor(random() * 36).toString(36)).join("");
  return { id: `local-${now.getTime().toString(36)}-${suffix}`, attempt: 1, url: undefined };
}

/** The first of the directories that is named and there. */
export function firstDirectory(...candidates: readonly [...(string | undefined)[], string]): string {
  const found = candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
  return found ?? candidates[candidates.length - 1] ?? "";
}

function identifier(env: Environment, name: string): string {
  const id = (env[name] ?? "").replace(/[^A-Za-z0-9-]/g, "");
  if (id !== "") return id;
  throw hostError("ENVIRONMENT_INVALID", `${name} is not set; evidence has to name the run that wrote it`);
}

function counted(env: Environment, name: string): number | undefined {
  const text = env[name] ?? "";
  if (text === "") return undefined;
  const count = wholeNumber(text);
  if (count !== undefined) return count;
  throw hostError("ENVIRONMENT_INVALID", `${name} is "${text}"; expected a whole number`);
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
