import { generateKeyPairSync } from "node:crypto";
import type { PolicyInForce } from "../../src/dossier/index.ts";
import { trustOf } from "../../src/dossier/trust.ts";
import { parsePolicy, type Signer } from "../../src/lifecycle/index.ts";
import { keySigner, readSigningKey, type StatementSigner } from "../../src/signing/index.ts";
import { type Person, people } from "./lifecycle-rules.ts";

/** People with their keys, and the policy that knows all of them but the stranger. */
export interface Parties {
  readonly inForce: PolicyInForce;
  keyOf(person: Person): StatementSigner;
  /** As the policy knows the person; the stranger has no role. */
  signerOf(person: Person): Signer;
}

/** Makes new keys. @param waivableUntil last moment that a waiver of the scan may hold, in milliseconds */
export function makeParties(waivableUntil: number): Parties {
  const pairs = new Map(people.map((person) => [person, makePair(person)]));
  const roles = people
    .filter((person) => person !== "stranger")
    .map((role) => `  ${role}: [{name: ${role}, key: ${JSON.stringify(pairs.get(role)?.publicPem)}}]\n`);
  const bytes = Buffer.from(`roles:
${roles.join("")}waivers:
  - {gate: scan, signers: [platform-lead], until: "${new Date(waivableUntil).toISOString().replace(".000Z", "Z")}", reason: No scanner yet.}
ledger: {repository: memory, branch: main}
`);
  const policy = parsePolicy(bytes, "release-policy.yaml");
  const trust = trustOf(policy);
  const keyOf = (person: Person) => {
    const pair = pairs.get(person);
    if (pair === undefined) throw new Error(`${person} has no key`);
    return pair.key;
  };
  return {
    inForce: { policy, trust, bytes },
    keyOf,
    signerOf: (person) => {
      const { signatory } = keyOf(person);
      const { fingerprint } = signatory;
      return trust.signerOf(signatory) ?? { fingerprint, name: person, roles: [], from: undefined, until: undefined };
    },
  };
}

function makePair(person: Person): { readonly publicPem: string; readonly key: StatementSigner } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { publicPem: publicKey, key: keySigner(readSigningKey(Buffer.from(privateKey), undefined, person)) };
}
