import type { Host, InputValues } from "../../contract/index.ts";
import { commandSigner } from "../command-signer.ts";
import { signingError } from "../errors.ts";
import type { Vouching } from "../key-signer.ts";
import type { StatementSigner } from "../signer.ts";
import type { commandInputs } from "./inputs.ts";

type GivenCommand = InputValues<typeof commandInputs>;

/** Whether a command was given to sign with, in whole or in part. */
export function isCommandGiven(given: GivenCommand): boolean {
  return [given["signer-command"], given["signer-public-key"], given["signer-env"]].some((part) => part !== undefined);
}

/** @throws SlipwayError SIGNER_INCOMPLETE; what `commandSigner` throws */
export async function openCommandSigner(
  given: GivenCommand,
  { directory, signal }: Pick<Host, "directory" | "signal">,
  vouching?: Vouching,
): Promise<StatementSigner> {
  const { "signer-command": command, "signer-public-key": publicKey, "signer-env": variables = [] } = given;
  if (command === undefined) throw signingError("SIGNER_INCOMPLETE", "`signer-command` was not given");
  if (publicKey === undefined) throw signingError("SIGNER_INCOMPLETE", "`signer-public-key` was not given");
  // biome-ignore lint/style/noProcessEnv: the command finds programs and named credentials as this process does.
  const env = process.env;
  return commandSigner({ command, publicKey, env: variables }, { directory, signal, env }, vouching);
}
