import type { KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { run } from "../../../scripts/peers/run.ts";
import { temporaryDirectory } from "../temporary.ts";

/**
 * Whether an ECDSA or RSA signature is of a digest. By openssl, because Node only verifies signatures of whole messages.
 *
 * @param algorithm such as `sha256`, of the digest
 */
export async function verifyDigest(
  key: KeyObject,
  algorithm: string,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  await using directory = await temporaryDirectory();
  const [keyFile, digestFile, signatureFile] = ["key.pem", "digest", "signature"].map((name) => directory.at(name));
  if (keyFile === undefined || digestFile === undefined || signatureFile === undefined) throw new Error("no names");
  await writeFile(keyFile, key.export({ type: "spki", format: "pem" }));
  await writeFile(digestFile, digest);
  await writeFile(signatureFile, signature);
  const files = ["-pubin", "-inkey", keyFile, "-in", digestFile, "-sigfile", signatureFile];
  const { code } = await run("openssl", ["pkeyutl", "-verify", ...files, "-pkeyopt", `digest:${algorithm}`]);
  return code === 0;
}
