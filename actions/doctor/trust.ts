import type { Host } from "../../src/contract/index.ts";
import { judgePolicyTrust, rootsIn, tryPolicy } from "../../src/dossier/index.ts";
import type { Finding } from "../../src/oci/index.ts";
import { probeSigning, type Signatory } from "../../src/signing/index.ts";
import type { Given } from "./inputs.ts";

/** What was found about what signs and is trusted. */
export interface TrustFindings {
  readonly findings: readonly Finding[];
  readonly requests: number;
  /** Who would sign, or will by the look of it; undefined where nobody is known. */
  readonly signer: Signatory | undefined;
}

/**
 * Looks at everything that was given to sign with and to trust.
 * @throws SlipwayError CA_FILE_UNUSABLE; the signal's reason
 */
export async function probeTrust(given: Given, host: Host): Promise<TrustFindings> {
  const policy = given.policy === undefined ? undefined : await tryPolicy(given.policy, host.signal);
  const roots = policy === undefined ? [] : rootsIn(policy);
  const signing = await probeSigning(given, host, { roots, readOnly: given["read-only"] });
  const judged = policy === undefined ? [] : judgePolicyTrust(policy, signing, host.now());
  return { findings: [...signing.findings, ...judged], requests: signing.requests, signer: signing.signatories[0] };
}
