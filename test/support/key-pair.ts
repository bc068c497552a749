import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";

/** Writes a P-256 key pair as `<path>.pem` and `<path>.pub`. */
export async function writeKeyPair(path: string): Promise<void> {
  const pair = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  await writeFile(`${path}.pem`, pair.privateKey, { mode: 0o600 });
  await writeFile(`${path}.pub`, pair.publicKey);
}
