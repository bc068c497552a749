import type { InputValues } from "../../src/contract/index.ts";
import type { PolicyInForce } from "../../src/dossier/index.ts";
import { releaseSigners, type Signer } from "../../src/lifecycle/index.ts";
import { openTrust, type Signatory, type SignerTrust } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { verifyError } from "./errors.ts";

/** Whose statements are believed, and who of them may sign releases. */
export interface Believed {
  readonly signers: SignerTrust;
  maySign(signatory: Signatory): boolean;
  /** As the policy knows somebody; undefined without a policy, and for a stranger to it. */
  knownAs(signatory: Signatory): Signer | undefined;
}

/**
 * Whom the inputs say to believe: keys and certificates that are named, or else the policy's signers.
 * @throws SlipwayError TRUST_NOT_GIVEN; what reading keys and trusted roots throws
 */
export async function believedBy(
  inputs: InputValues<typeof contract.inputs>,
  inForce: PolicyInForce | undefined,
  directory: string,
): Promise<Believed> {
  if (inputs.for !== undefined && inForce === undefined) {
    throw verifyError("TRUST_NOT_GIVEN", `to verify for ${inputs.for} a policy is needed`);
  }
  const knownAs = (signatory: Signatory) => inForce?.trust.signerOf(signatory);
  const named = await openTrust(inputs, directory);
  if (named !== undefined) return { signers: named, maySign: () => true, knownAs };
  if (inForce === undefined) throw verifyError("TRUST_NOT_GIVEN", "neither a key nor a policy was given");
  const roles = releaseSigners(inForce.policy);
  const maySign = (signatory: Signatory) => knownAs(signatory)?.roles.some((role) => roles.includes(role)) === true;
  return { signers: inForce.trust.signers, maySign, knownAs };
}
