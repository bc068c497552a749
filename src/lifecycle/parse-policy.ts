import { type DocumentProblem, readDocument, type Spot, showPath } from "../documents/index.ts";
import { digestOf } from "../oci/index.ts";
import { policyError } from "./errors.ts";
import type { Policy, PolicyMember } from "./policy.ts";
import { findPolicyConflicts } from "./policy-conflicts.ts";
import { policyJsonSchema, policySchema, type WrittenPolicy } from "./policy-schema.ts";
import { environmentsOf, milliseconds, transitionsOf } from "./resolve-policy.ts";

/** A larger release-policy.yaml is refused unread. */
export const maxPolicyBytes = 256 * 1024;

const codeOf: Readonly<Record<DocumentProblem["kind"], keyof typeof policyError.definitions>> = {
  "too-large": "POLICY_TOO_LARGE",
  empty: "POLICY_EMPTY",
  syntax: "POLICY_SYNTAX",
  unsupported: "POLICY_UNSUPPORTED",
  duplicate: "POLICY_DUPLICATE_KEY",
  "unknown-key": "POLICY_UNKNOWN_KEY",
  invalid: "POLICY_INVALID",
  conflict: "POLICY_CONFLICT",
};

/**
 * Reads release-policy.yaml (DESIGN 5.5). What the file leaves out is the design's own table.
 *
 * All problems of one kind are reported together: the first in the message, and when there are several, each in the
 * details, in the order of the file, with line and column. Names are compared once every value has its form.
 *
 * @param bytes UTF-8; the policy's digest is theirs
 * @param file name for messages
 * @throws SlipwayError POLICY_TOO_LARGE, POLICY_EMPTY, POLICY_SYNTAX, POLICY_UNSUPPORTED, POLICY_DUPLICATE_KEY,
 *   POLICY_UNKNOWN_KEY, POLICY_INVALID, POLICY_CONFLICT: the first problem's
 */
export function parsePolicy(bytes: Uint8Array, file: string): Policy {
  const { content, problem } = readDocument(decode(bytes, file), file, maxPolicyBytes, {
    schema: policySchema,
    jsonSchema: policyJsonSchema,
    conflicts: conflictProblems,
  });
  if (problem !== undefined) throw policyError(codeOf[problem.kind], problem.message, { details: problem.details });
  const transitions = transitionsOf(content);
  return {
    digest: digestOf(bytes),
    file,
    roles: rolesOf(content),
    trustedRoot: content.trustedRoot,
    times: content.times ?? "asserted",
    transitions,
    waivers: (content.waivers ?? []).map(({ until, ...rule }) => ({ ...rule, until: new Date(until) })),
    ledger:
      content.ledger === undefined
        ? undefined
        : { repository: content.ledger.repository, branch: content.ledger.branch ?? "main" },
    environments: environmentsOf(content, transitions.production.roles),
    rollbackWindow: milliseconds(content.rollback?.window ?? "1h"),
  };
}

function decode(bytes: Uint8Array, file: string): string {
  if (bytes.byteLength > maxPolicyBytes) {
    throw policyError("POLICY_TOO_LARGE", `${file} is larger than ${maxPolicyBytes / 1024} KiB`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw policyError("POLICY_SYNTAX", `${file} is not text in UTF-8`, { cause });
  }
}

function conflictProblems(value: unknown, root: Spot): DocumentProblem[] {
  const { data } = policySchema.safeParse(value);
  if (data === undefined) return [];
  return findPolicyConflicts(data).map(({ path, text }) => {
    const offset = path.reduce<Spot | undefined>((spot, step) => spot?.child(step), root)?.offset ?? root.offset;
    return { kind: "conflict", offset, say: () => `${showPath(path)} ${text}` };
  });
}

function rolesOf({ roles }: WrittenPolicy): ReadonlyMap<string, readonly PolicyMember[]> {
  return new Map(Object.entries(roles).map(([role, members]) => [role, members.flatMap(memberOf)]));
}

function memberOf({ name, key, identity, from, until }: WrittenPolicy["roles"][string][number]): PolicyMember[] {
  const date = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  const membership = { name, from: date(from), until: date(until) };
  if (key !== undefined) return [{ kind: "key", pem: key, ...membership }];
  if (identity === undefined) return [];
  const { issuer, subject, ...claims } = identity;
  return [{ kind: "identity", identity: { issuer, subject, claims }, ...membership }];
}
