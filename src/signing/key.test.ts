import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { SlipwayError } from "../errors/index.ts";
import { readSigningKey, readTrustedKey } from "./key.ts";

const password = "correct horse battery staple";
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const secp256k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" });

const pkcs8 = (key: KeyObject): string => String(key.export({ type: "pkcs8", format: "pem" }));
const sec1 = (key: KeyObject): string => String(key.export({ type: "sec1", format: "pem" }));
const spki = (key: KeyObject): string => String(key.export({ type: "spki", format: "pem" }));
const encrypted = (key: KeyObject, passphrase: string | Buffer = password, cipher = "aes-256-cbc"): string =>
  String(key.export({ type: "pkcs8", format: "pem", cipher, passphrase }));
const legacy = (key: KeyObject): string =>
  String(key.export({ type: "sec1", format: "pem", cipher: "aes-128-cbc", passphrase: password }));

const privateP256 = pkcs8(p256.privateKey);
const publicP256 = spki(p256.publicKey);
const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
const junk = (label: string): string =>
  `-----BEGIN ${label}-----\n${Buffer.alloc(120, "junk").toString("base64")}\n-----END ${label}-----\n`;

/**
 * The SPKI of a P-256 key, put together from its coordinates (RFC 5480) and by nothing that the code under test uses.
 */
function spkiOf(key: KeyObject, compressed = false): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const [left, right] = [Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  const algorithm = Buffer.from("301306072a8648ce3d020106082a8648ce3d030107", "hex");
  const odd = (right.at(-1) ?? 0) & 1;
  const point = compressed ? [Buffer.from([2 + odd]), left] : [Buffer.from([4]), left, right];
  const bits = Buffer.concat([Buffer.from([0]), ...point]);
  const content = Buffer.concat([algorithm, Buffer.from([0x03, bits.length]), bits]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

const pemOf = (der: Buffer): string =>
  `-----BEGIN PUBLIC KEY-----\n${der.toString("base64")}\n-----END PUBLIC KEY-----\n`;
const fingerprint = createHash("sha256").update(spkiOf(p256.publicKey)).digest("hex");
const hint = createHash("sha256").update(spkiOf(p256.publicKey)).digest("base64");

function refusalOf(read: () => unknown): SlipwayError {
  try {
    read();
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
  throw new Error("the key was accepted");
}

/** Every text of an error that could end in a log. */
function textsOf(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    texts.push(at.message, String(at.stack), ...Object.values(at).map(String));
  }
  return texts.join("\n");
}

describe("readSigningKey", () => {
  test.each<[string, string, string | undefined]>([
    ["PKCS#8", privateP256, undefined],
    ["SEC 1", sec1(p256.privateKey), undefined],
    ["SEC 1 after its parameters, as openssl ecparam writes it", parameters + sec1(p256.privateKey), undefined],
    ["PKCS#8 after a comment", `made by hand\n${privateP256}`, undefined],
    ["PKCS#8 with Windows line ends", privateP256.replaceAll("\n", "\r\n"), undefined],
    ["PKCS#8 with a password that it does not need", privateP256, "unneeded"],
    ["encrypted PKCS#8", encrypted(p256.privateKey), password],
    ["encrypted PKCS#8, its password ending with a line break", encrypted(p256.privateKey), `${password}\n`],
    ["encrypted PKCS#8, its password ending with a Windows line break", encrypted(p256.privateKey), `${password}\r\n`],
    ["PKCS#8 in another encryption", encrypted(p256.privateKey, password, "aes-128-cbc"), password],
    ["encrypted with a password that ends with a line break", encrypted(p256.privateKey, "two\n"), "two\n\n"],
    ["encrypted with an empty password", encrypted(p256.privateKey, ""), ""],
    ["encrypted with a password that is not ASCII", encrypted(p256.privateKey, "päßwörd"), "päßwörd"],
    ["encrypted SEC 1 of old", legacy(p256.privateKey), password],
    ["encrypted SEC 1 of old with a line break", legacy(p256.privateKey), `${password}\n`],
  ])("reads %s", (_, pem, given) => {
    const key = readSigningKey(Buffer.from(pem), given === undefined ? undefined : Buffer.from(given), "key.pem");
    expect(key.key.type).toBe("private");
    expect(key.trusted.key.type).toBe("public");
    expect(key.trusted).toMatchObject({ fingerprint, hint });
  });

  test.each<[string, string, string]>([
    ["a public key", publicP256, "key.pem is not a private key in PEM"],
    ["a certificate", junk("CERTIFICATE"), "key.pem is not a private key in PEM"],
    ["nothing", "", "key.pem is not a private key in PEM"],
    ["words", "this is no key", "key.pem is not a private key in PEM"],
    ["DER", String(p256.privateKey.export({ type: "pkcs8", format: "der" })), "key.pem is not a private key in PEM"],
    ["two private keys", privateP256 + pkcs8(other.privateKey), "key.pem holds 2 private keys instead of one"],
  ])("KEY_MALFORMED: %s", (_, pem, message) => {
    const error = refusalOf(() => readSigningKey(Buffer.from(pem), undefined, "key.pem"));
    expect(error).toMatchObject({ code: "KEY_MALFORMED", family: "configuration", message });
  });

  test.each<[string, string]>([
    ["junk in the armour of a key", junk("PRIVATE KEY")],
    ["half a key", privateP256.slice(0, 120)],
    ["an OpenSSH key", junk("OPENSSH PRIVATE KEY")],
    ["a key whose text was altered", privateP256.replace(/[a-y]/g, "z")],
  ])("KEY_MALFORMED: %s", (_, pem) => {
    const error = refusalOf(() => readSigningKey(Buffer.from(pem), undefined, "key.pem"));
    expect(error).toMatchObject({ code: "KEY_MALFORMED" });
    expect(error.message).toMatch(/^key\.pem is not a readable private key: /);
  });

  test.each<[string, KeyObject, string]>([
    ["RSA", rsa.privateKey, "rsa"],
    ["Ed25519", ed25519.privateKey, "ed25519"],
    ["P-384", p384.privateKey, "ec secp384r1"],
    ["secp256k1", secp256k1.privateKey, "ec secp256k1"],
  ])("KEY_TYPE_UNSUPPORTED: %s, plain and encrypted", (_, key, type) => {
    const message = `key.pem is a key of type ${type}; ECDSA on P-256 is needed`;
    for (const [pem, given] of [
      [pkcs8(key), undefined],
      [encrypted(key), Buffer.from(password)],
    ] as const) {
      expect(refusalOf(() => readSigningKey(Buffer.from(pem), given, "key.pem"))).toMatchObject({
        code: "KEY_TYPE_UNSUPPORTED",
        message,
      });
    }
  });

  test.each<[string, string]>([
    ["PKCS#8", encrypted(p256.privateKey)],
    ["SEC 1", legacy(p256.privateKey)],
  ])("KEY_PASSWORD_MISSING: %s", (_, pem) => {
    expect(refusalOf(() => readSigningKey(Buffer.from(pem), undefined, "key.pem"))).toMatchObject({
      code: "KEY_PASSWORD_MISSING",
      message: "the private key key.pem is encrypted",
    });
  });

  const wrong = "S3cr3t-that-is-wrong";
  test.each<[string, string, string | Buffer]>([
    ["another password", encrypted(p256.privateKey), wrong],
    ["another password for SEC 1", legacy(p256.privateKey), wrong],
    ["an empty password file", encrypted(p256.privateKey), ""],
    ["a password file with a line break only", encrypted(p256.privateKey), "\n"],
    ["a password with two line breaks", encrypted(p256.privateKey), `${password}\n\n`],
    ["a password with a blank before the line break", encrypted(p256.privateKey), `${password} \n`],
    ["a password longer than OpenSSL takes", encrypted(p256.privateKey), wrong.repeat(100)],
    ["a password that is not text", encrypted(p256.privateKey), Buffer.from([0xff, 0x00, 0xfe])],
    ["junk in the armour of an encrypted key", junk("ENCRYPTED PRIVATE KEY"), wrong],
  ])("KEY_PASSWORD_WRONG: %s, and it is nowhere in the error", (_, pem, given) => {
    const error = refusalOf(() => readSigningKey(Buffer.from(pem), Buffer.from(given), "key.pem"));
    expect(error).toMatchObject({
      code: "KEY_PASSWORD_WRONG",
      family: "configuration",
      message: "the password does not open the private key key.pem",
      details: [],
    });
    const texts = textsOf(error);
    for (const secret of [wrong, password, Buffer.from(wrong).toString("hex"), Buffer.from(wrong).toString("base64")]) {
      expect(texts).not.toContain(secret);
    }
    // As an inspected buffer would show it.
    expect(texts).not.toContain("53 33 63 72 33 74");
  });

  test("no part of a private key is in an error about it", () => {
    const body = privateP256.split("\n")[1] ?? "";
    for (const pem of [privateP256.slice(0, 120), `${privateP256}${privateP256}`, privateP256.replace("M", "A")]) {
      const texts = textsOf(refusalOf(() => readSigningKey(Buffer.from(pem), undefined, "key.pem")));
      expect(texts).not.toContain(body.slice(4, 40));
    }
  });
});

describe("readTrustedKey", () => {
  test.each<[string, string]>([
    ["SPKI", publicP256],
    ["SPKI after a comment", `Public-Key: (256 bit)\n${publicP256}`],
    ["SPKI with Windows line ends", publicP256.replaceAll("\n", "\r\n")],
    ["SPKI with a compressed point", pemOf(spkiOf(p256.publicKey, true))],
  ])("reads %s, and names the key by what it is", (_, pem) => {
    const key = readTrustedKey(Buffer.from(pem), "key.pub");
    expect(key.key.type).toBe("public");
    expect(key).toMatchObject({ fingerprint, hint });
  });

  test("names different keys differently", () => {
    expect(readTrustedKey(Buffer.from(spki(other.publicKey)), "key.pub").fingerprint).not.toBe(fingerprint);
  });

  test.each<[string, string, string]>([
    ["a private key", privateP256, "key.pub is not a public key in PEM"],
    ["a private key in SEC 1", sec1(p256.privateKey), "key.pub is not a public key in PEM"],
    ["an encrypted private key", encrypted(p256.privateKey), "key.pub is not a public key in PEM"],
    ["a certificate", junk("CERTIFICATE"), "key.pub is not a public key in PEM"],
    ["an RSA public key in PKCS#1", junk("RSA PUBLIC KEY"), "key.pub is not a public key in PEM"],
    ["nothing", "", "key.pub is not a public key in PEM"],
    ["words", "ecdsa AAAA somebody@example.com", "key.pub is not a public key in PEM"],
    // Only one of them would be trusted, and nobody would say which.
    ["two public keys", publicP256 + spki(other.publicKey), "key.pub holds 2 PEM blocks instead of one public key"],
    [
      "a public key after a private one",
      privateP256 + publicP256,
      "key.pub holds 2 PEM blocks instead of one public key",
    ],
    [
      "a public key before a private one",
      publicP256 + privateP256,
      "key.pub holds 2 PEM blocks instead of one public key",
    ],
    [
      "a public key and a certificate",
      publicP256 + junk("CERTIFICATE"),
      "key.pub holds 2 PEM blocks instead of one public key",
    ],
  ])("KEY_MALFORMED: %s", (_, pem, message) => {
    expect(refusalOf(() => readTrustedKey(Buffer.from(pem), "key.pub"))).toMatchObject({
      code: "KEY_MALFORMED",
      message,
    });
  });

  test.each<[string, string]>([
    ["junk in the armour of a key", junk("PUBLIC KEY")],
    ["half a key", publicP256.slice(0, 80)],
    [
      "a point that is not on the curve",
      pemOf(Buffer.concat([spkiOf(p256.publicKey).subarray(0, -32), Buffer.alloc(32, 7)])),
    ],
  ])("KEY_MALFORMED: %s", (_, pem) => {
    const error = refusalOf(() => readTrustedKey(Buffer.from(pem), "key.pub"));
    expect(error.code).toBe("KEY_MALFORMED");
    expect(error.message).toMatch(/^key\.pub is not a readable public key: /);
  });

  test.each<[string, KeyObject, string]>([
    ["RSA", rsa.publicKey, "rsa"],
    ["Ed25519", ed25519.publicKey, "ed25519"],
    ["P-384", p384.publicKey, "ec secp384r1"],
    ["secp256k1", secp256k1.publicKey, "ec secp256k1"],
  ])("KEY_TYPE_UNSUPPORTED: %s", (_, key, type) => {
    expect(refusalOf(() => readTrustedKey(Buffer.from(spki(key)), "key.pub"))).toMatchObject({
      code: "KEY_TYPE_UNSUPPORTED",
      message: `key.pub is a key of type ${type}; ECDSA on P-256 is needed`,
    });
  });
});
