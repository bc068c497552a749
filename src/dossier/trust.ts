import type { Policy, Signer } from "../lifecycle/index.ts";
import { readTrustedKey, type TrustedKey } from "../signing/index.ts";
import { dossierError } from "./errors.ts";

/** The keys of a policy, and who they are. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  /** Who holds a key; undefined for a key that the policy does not have. */
  signerOf(fingerprint: string): Signer | undefined;
}

/**
 * Reads the keys of a policy. A key that stands in several roles is one signer with all of them.
 * @throws SlipwayError KEY_MALFORMED, KEY_TYPE_UNSUPPORTED, POLICY_ROLE_OVERLAP
 */
export function trustOf(policy: Policy): Trust {
  const keys = new Map<string, TrustedKey>();
  const signers = new Map<string, Signer>();
  for (const [role, members] of policy.roles) {
    for (const { name, pem, from, until } of members) {
      const key = readTrustedKey(Buffer.from(pem), `${policy.file}: roles.${role}: the key "${name}"`);
      keys.set(key.fingerprint, key);
      const known = signers.get(key.fingerprint);
      const roles = known === undefined ? [role] : [...new Set([...known.roles, role])];
      signers.set(key.fingerprint, {
        fingerprint: key.fingerprint,
        name: known?.name ?? name,
        roles,
        // A key in two roles with two periods is valid in the time that both allow.
        from: later(known?.from, from),
        until: earlier(known?.until, until),
      });
    }
  }
  for (const { name, roles } of signers.values()) {
    if (!roles.includes("builder") || !roles.includes("evaluator")) continue;
    throw dossierError("POLICY_ROLE_OVERLAP", `${policy.file}: the key "${name}" is a builder's and an evaluator's`);
  }
  return { keys: [...keys.values()], signerOf: (fingerprint) => signers.get(fingerprint) };
}

function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
