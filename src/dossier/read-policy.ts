import { open } from "node:fs/promises";
import { basename } from "node:path";
import { reason } from "../errors/index.ts";
import { maxPolicyBytes, type Policy, parsePolicy } from "../lifecycle/index.ts";
import { dossierError } from "./errors.ts";
import { type Trust, trustOf } from "./trust.ts";

/**
 * Reads a release policy and its keys from a file.
 * @param path absolute
 * @throws SlipwayError POLICY_UNREADABLE, POLICY_*, KEY_MALFORMED
 */
export async function readPolicy(path: string): Promise<{ policy: Policy; trust: Trust; bytes: Uint8Array }> {
  const bytes = await readAtMost(path, maxPolicyBytes + 1);
  const policy = parsePolicy(bytes, basename(path));
  return { policy, trust: trustOf(policy), bytes };
}

async function readAtMost(path: string, limit: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, "r");
    const buffer = Buffer.alloc(limit);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, limit - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === limit) return buffer.subarray(0, length);
    }
  } catch (cause) {
    throw dossierError("POLICY_UNREADABLE", `cannot read ${path}: ${reason(cause)}`, { cause });
  }
}
