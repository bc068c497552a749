import { generateKeyPairSync } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";

/** Paths of the demo's key pairs. */
export interface DemoKeys {
  readonly privateKey: string;
  readonly publicKey: string;
  /** A public key that has signed nothing. */
  readonly strangersKey: string;
}

/** Makes key pairs in a directory, unless an earlier run made them. */
export async function makeKeys(directory: string): Promise<DemoKeys> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const builder = await makePair(`${directory}/builder`);
  const stranger = await makePair(`${directory}/stranger`);
  return { ...builder, strangersKey: stranger.publicKey };
}

async function makePair(path: string): Promise<{ privateKey: string; publicKey: string }> {
  const names = { privateKey: `${path}.pem`, publicKey: `${path}.pub` };
  const present = await Promise.all(Object.values(names).map((file) => readFile(file).catch(() => undefined)));
  if (present.every((content) => content !== undefined)) return names;
  const pair = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  await writeFile(names.privateKey, pair.privateKey, { mode: 0o600 });
  await writeFile(names.publicKey, pair.publicKey);
  return names;
}
