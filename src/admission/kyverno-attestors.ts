import type { Demand } from "./demands.ts";
import { admissionError } from "./errors.ts";
import { furtherConditions, type IdentityParty, plainPem } from "./party.ts";
import { identityMatch } from "./pattern.ts";

/** Whose signatures one rule takes: Kyverno reads keys from tags and identities from bundles, never both at once. */
export interface Attestors {
  readonly type: "Cosign" | "SigstoreBundle";
  readonly entries: readonly object[];
  /** Who is left out because of that, each as a clause for people. */
  readonly leftOut: readonly string[];
}

/**
 * Who of a demand Kyverno can be told of.
 * @param what continues "it must be …"
 * @throws SlipwayError ADMISSION_NOBODY
 */
export function attestorsOf({ roles, keys, identities }: Demand, what: string): Attestors {
  const plain = identities.filter(({ identity }) => furtherConditions(identity).length === 0);
  const conditional = identities
    .filter((party) => !plain.includes(party))
    .map(
      ({ name, identity }) =>
        `"${name}" is left out: its ${furtherConditions(identity).join(", ")} cannot be asked for;`,
    );
  if (keys.length > 0) {
    const beside = plain.map(
      ({ name }) => `"${name}" is left out: a rule takes keys or identities, and there are keys;`,
    );
    return {
      type: "Cosign",
      entries: keys.map(({ key }) => keyEntry(plainPem(key))),
      leftOut: [...beside, ...conditional],
    };
  }
  if (plain.length > 0) return { type: "SigstoreBundle", entries: plain.map(identityEntry), leftOut: conditional };
  throw admissionError(
    "ADMISSION_NOBODY",
    `for Kyverno nobody is left of ${roles.join(" or ")}, by whom it must be ${what}`,
  );
}

function keyEntry(publicKeys: string): object {
  // Without these two Kyverno asks the public log and its keys, also about a signature that was never logged.
  return {
    keys: { publicKeys, signatureAlgorithm: "sha256", rekor: { ignoreTlog: true }, ctlog: { ignoreSCT: true } },
  };
}

function identityEntry({ identity }: IdentityParty): object {
  return { keyless: identityMatch(identity) };
}
