import type { Host, InputValues } from "../contract/index.ts";
import { isCommandGiven, openCommandSigner } from "./command/open-command-signer.ts";
import { signingError } from "./errors.ts";
import { readSigningKey } from "./key.ts";
import { keySigner } from "./key-signer.ts";
import type { StatementSigner } from "./signer.ts";
import type { signerInputs } from "./signer-inputs.ts";

/** What a step was given to sign with. */
type GivenSigner = InputValues<typeof signerInputs>;

/**
 * Opens what a step was given to sign with, and keeps every secret of it out of what the host writes.
 * @throws SlipwayError SIGNER_MISSING, SIGNER_AMBIGUOUS, SIGNER_INCOMPLETE, SECRET_UNREADABLE, KEY_*
 */
export async function openSigner(
  given: GivenSigner,
  host: Pick<Host, "mask" | "warn" | "directory" | "signal">,
): Promise<StatementSigner> {
  if (isCommandGiven(given)) {
    if (given.key === undefined) return openCommandSigner(given, host);
    throw signingError("SIGNER_AMBIGUOUS", "both `key` and a command that signs were given");
  }
  if (given.key === undefined) throw signingError("SIGNER_MISSING", "nothing was given to sign with");
  return openKeySigner({ key: given.key, password: given.password }, host);
}

/** Whether a step was given anything to sign with; some steps also have something to say without. */
export function canSign(given: GivenSigner): boolean {
  return given.key !== undefined || isCommandGiven(given);
}

async function openKeySigner(
  { key, password }: { readonly key: NonNullable<GivenSigner["key"]>; readonly password: GivenSigner["password"] },
  host: Pick<Host, "mask" | "warn">,
): Promise<StatementSigner> {
  const [pem, passphrase] = [await key.read(), await password?.read()];
  for (const secret of [pem, passphrase]) if (secret !== undefined) host.mask(secret.toString("utf8"));
  for (const secret of [key, password]) {
    if ((await secret?.isExposed?.()) === true) {
      host.warn(`every user of this machine can read ${secret?.place}; mount it with mode 0440, or chmod it`);
    }
  }
  return keySigner(readSigningKey(pem, passphrase, key.place));
}
