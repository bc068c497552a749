import { childEnvironment } from "./command/child-environment.ts";
import { acceptedSignature } from "./command/printed-signature.ts";
import { type Circumstances, runSignerCommand } from "./command/run-signer-command.ts";
import { holderOf, type Vouching } from "./key-signer.ts";
import { readTrustedKeys } from "./read-trusted-keys.ts";
import type { StatementSigner } from "./signer.ts";

/** A command that holds a key (docs/how-to/sign-with-kms.md). */
export interface SignerCommand {
  /** The program, and its arguments with their placeholders. */
  readonly command: readonly string[];
  /** PEM file with the public key of the key that it signs with. */
  readonly publicKey: string;
  /** Names of environment variables that it may see, besides PATH and HOME. */
  readonly env: readonly string[];
}

/**
 * Signs through a command. Each signature is checked with the public key before it is used.
 *
 * @param circumstances.env where the variables that the command may see are taken from
 * @param vouching who vouches for the signatures
 * @throws SlipwayError KEY_MALFORMED, KEY_TYPE_UNSUPPORTED, INPUT_INVALID; its `sign` SIGNER_COMMAND_*
 */
export async function commandSigner(
  { command, publicKey, env: names }: SignerCommand,
  circumstances: Omit<Circumstances, "hide">,
  vouching?: Vouching,
): Promise<StatementSigner> {
  const { directory } = circumstances;
  const [trusted] = await readTrustedKeys([publicKey], directory);
  if (trusted === undefined) throw new Error("no key was read, and none refused");
  const [program = "", ...args] = command;
  const seen = childEnvironment(names, circumstances.env);
  const sign = async (signed: Buffer): Promise<Buffer> => {
    const printed = await runSignerCommand(program, args, signed, { ...circumstances, ...seen });
    return acceptedSignature(printed, signed, { program, publicKey, trusted });
  };
  return holderOf(trusted, sign, vouching);
}
