import { generateKeyPairSync } from "node:crypto";

interface Pair {
  readonly publicPem: string;
  readonly privatePem: string;
}

const pairs = new Map<string, Pair>();

function pairOf(name: string): Pair {
  const known = pairs.get(name);
  if (known !== undefined) return known;
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const made = { publicPem: publicKey, privatePem: privateKey };
  pairs.set(name, made);
  return made;
}

/** The public key of somebody, in PEM as policies have it; always the same in one test file. */
export function publicKeyOf(name: string): string {
  return pairOf(name).publicPem;
}

/** The private key of somebody, in PEM. */
export function privateKeyOf(name: string): string {
  return pairOf(name).privatePem;
}
