import type { Host, Secret } from "../contract/index.ts";
import { readSigningKey, type SigningKey } from "./key.ts";

/**
 * Reads the private key that a step was given, and keeps it and its password out of what the host writes.
 * @throws SlipwayError SECRET_UNREADABLE, KEY_*
 */
export async function openSigningKey(
  { key, password }: { readonly key: Secret; readonly password: Secret | undefined },
  host: Pick<Host, "mask">,
): Promise<SigningKey> {
  const [pem, passphrase] = [await key.read(), await password?.read()];
  for (const secret of [pem, passphrase]) if (secret !== undefined) host.mask(secret.toString("utf8"));
  return readSigningKey(pem, passphrase, key.place);
}
