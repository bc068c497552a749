import { generateKeyPairSync } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";

/** Paths of a key pair. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** The demo's people; nobody holds two keys. */
const people = ["builder", "evaluator", "engineer", "lead", "stranger"] as const;
export type DemoKeys = Readonly<Record<(typeof people)[number], KeyPair>>;

/** Makes key pairs in a directory, unless an earlier run made them. */
export async function makeKeys(directory: string): Promise<DemoKeys> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [builder, evaluator, engineer, lead, stranger] = await Promise.all([
    makePair(`${directory}/builder`),
    makePair(`${directory}/evaluator`),
    makePair(`${directory}/engineer`),
    makePair(`${directory}/lead`),
    makePair(`${directory}/stranger`),
  ]);
  return { builder, evaluator, engineer, lead, stranger };
}

async function makePair(path: string): Promise<KeyPair> {
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
