import type { Policy, PolicyMember, Signer } from "../lifecycle/index.ts";
import {
  isMeant,
  readTrustedKey,
  readTrustedRoot,
  type Signatory,
  type SignerTrust,
  type TrustedKey,
} from "../signing/index.ts";
import { dossierError } from "./errors.ts";

/** Whom a policy trusts, and in which roles. */
export interface Trust {
  /** Whose statements are believed at all. */
  readonly signers: SignerTrust;
  /** Whether the times that statements name have to be proven. */
  readonly times: Policy["times"];
  /** Who a signatory is to the policy; undefined for a stranger. */
  signerOf(signatory: Signatory): Signer | undefined;
}

/** A member of a role. */
interface Placed {
  readonly role: string;
  readonly member: PolicyMember;
}

/**
 * Reads the keys and the trusted root of a policy. Whoever stands in several roles is one signer with all of them.
 * @throws SlipwayError KEY_MALFORMED, KEY_TYPE_UNSUPPORTED, TRUSTED_ROOT_INVALID, POLICY_ROLE_OVERLAP
 */
export function trustOf(policy: Policy): Trust {
  const placed = [...policy.roles].flatMap(([role, members]) => members.map((member): Placed => ({ role, member })));
  const keys = new Map<string, TrustedKey>();
  const holders = new Map<string, Placed[]>();
  for (const one of placed) {
    const { role, member } = one;
    if (member.kind !== "key") continue;
    const key = readTrustedKey(Buffer.from(member.pem), `${policy.file}: roles.${role}: the key "${member.name}"`);
    keys.set(key.fingerprint, key);
    holders.set(key.fingerprint, [...(holders.get(key.fingerprint) ?? []), one]);
  }
  for (const own of holders.values()) refuseOpposed(own, policy.file);
  const { trustedRoot, file } = policy;
  const root = trustedRoot === undefined ? undefined : readTrustedRoot(trustedRoot, `${file}: trustedRoot`);
  const identities = placed.flatMap(({ member }) => (member.kind === "identity" ? [member.identity] : []));
  return {
    signers: { keys: [...keys.values()], identities, root },
    times: policy.times,
    signerOf(signatory) {
      const own =
        signatory.kind === "key"
          ? (holders.get(signatory.fingerprint) ?? [])
          : placed.filter(({ member }) => member.kind === "identity" && isMeant(member.identity, signatory));
      return joined(signatory, own);
    },
  };
}

/** All roles of one signatory, as one signer. */
function joined(signatory: Signatory, placed: readonly Placed[]): Signer | undefined {
  const [first] = placed;
  if (first === undefined) return undefined;
  const { fingerprint } = signatory;
  return {
    fingerprint,
    name: first.member.name,
    roles: [...new Set(placed.map(({ role }) => role))],
    // Somebody in two roles with two periods is valid in the time that both allow.
    from: placed.map(({ member }) => member.from).reduce(later),
    until: placed.map(({ member }) => member.until).reduce(earlier),
    ...(signatory.kind === "identity" && { identity: { issuer: signatory.issuer, subject: signatory.subject } }),
  };
}

function refuseOpposed(placed: readonly Placed[], file: string): void {
  const roles = placed.map(({ role }) => role);
  const name = placed[0]?.member.name ?? "";
  if (!roles.includes("builder") || !roles.includes("evaluator")) return;
  throw dossierError("POLICY_ROLE_OVERLAP", `${file}: the key "${name}" is a builder's and an evaluator's`);
}

function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
