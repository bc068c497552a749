import { createHash } from "node:crypto";
import { evidenceType } from "../../evidence/index.ts";
import { encodeBundle } from "../bundle.ts";
import type { TrustedKey } from "../key.ts";
import type { StatementSigner } from "../signer.ts";

/**
 * Signs the statement of a model signature and packs it as OMS wants it: a sigstore bundle v0.3, in which a key is named
 * by the hash of its PEM text.
 *
 * @throws SlipwayError what the signer's services throw
 */
export async function signOms(statement: Uint8Array, signer: StatementSigner): Promise<Uint8Array> {
  const made = await signer.sign({ form: "dsse", payload: statement, payloadType: evidenceType.payload });
  const { maker } = made;
  const key = maker.kind === "key" ? signer.recognises.keys.find(({ hint }) => hint === maker.hint) : undefined;
  return encodeBundle(statement, key === undefined ? made : { ...made, maker: { kind: "key", hint: omsHint(key) } });
}

/**
 * How OMS names a key: hexadecimal SHA-256 of its SPKI in PEM, with the line break at its end (model-signing,
 * sign_ec_key.py). A verifier that finds another name refuses the bundle.
 */
export function omsHint({ key }: Pick<TrustedKey, "key">): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "pem" }))
    .digest("hex");
}
