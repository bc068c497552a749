import { createPublicKey, randomBytes, scryptSync } from "node:crypto";
import { secretbox } from "@noble/ciphers/salsa.js";
import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { readSigningKey, readTrustedKey } from "./key.ts";

/** What cosign 3.1.3 made with this password; it opens nothing. */
const password = "correct horse battery staple";
const made = [
  "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----",
  "eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6",
  "OCwicCI6MX0sInNhbHQiOiJtY0JTVHF5bjJRdUREL0plamlOd3dncUpScDFXdWpk",
  "Y0oxazdkTDdtcVBjPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94",
  "Iiwibm9uY2UiOiIxaEZwb0Z6U245aVRUNGo2bkY2YytKNkZtWjlWZm85USJ9LCJj",
  "aXBoZXJ0ZXh0IjoicGV2cWVzMzhnRXl0TGFyTVk5ZW5wMWlPWEQ5SDBNdHRtMUVK",
  "d0N3ZGhPZ1g1TGxuQWNTamIwRzY0djZ1SjJuN2lxbktkVStzaTlSUVNScXRWRUxC",
  "cW9ZdkxmM3ZHR3h6Q0wrU1h2YlRJaGZWNG8vSDBEOWkxMjZ6UkhlZlc1d2JMa2lo",
  "aUl2NWIxQjY3dVBZbTc3Z0pZVmlraFdHaDE4d3o1OC91aWF6TlQzZVV2c21ZMTBh",
  "eFMySG9TUzZnaW1sd1RvbkwyQWhOeDIyb2c9PSJ9",
  "-----END ENCRYPTED SIGSTORE PRIVATE KEY-----",
].join("\n");
const publicKey = [
  "-----BEGIN PUBLIC KEY-----",
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2O16aT4P+bxbCp3nKe1L9ZCObZ+P",
  "AKlkynCfiH+R+8bQOE1ZVg7Y3T8fcleAruvgi3etwlH6gQKXI1+PygWiBg==",
  "-----END PUBLIC KEY-----",
].join("\n");

function open(pem: string, given = password) {
  return readSigningKey(Buffer.from(pem), Buffer.from(given), "cosign.key");
}

/** The same as cosign writes it, with whatever a test wants to be different. */
function encrypt(
  content: Uint8Array,
  change: (written: ReturnType<typeof asCosignWrites>) => unknown = (same) => same,
): string {
  const json = Buffer.from(JSON.stringify(change(asCosignWrites(content))));
  const text = json.toString("base64").replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n${text}-----END ENCRYPTED COSIGN PRIVATE KEY-----\n`;
}

function asCosignWrites(content: Uint8Array) {
  const [salt, nonce] = [randomBytes(32), randomBytes(24)];
  const key = scryptSync(password, salt, 32, { N: 32768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 });
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
  return {
    kdf: { name: "scrypt", params: { N: 32768, r: 8, p: 1 }, salt: base64(salt) },
    cipher: { name: "nacl/secretbox", nonce: base64(nonce) },
    ciphertext: base64(secretbox(key, nonce).seal(content)),
  };
}

describe("a key in cosign's own encryption", () => {
  it.each([password, `${password}\n`, `${password}\r\n`])("opens with its password: %j", (given) => {
    const { trusted } = open(made, given);
    expect(trusted.fingerprint).toBe(readTrustedKey(Buffer.from(publicKey), "cosign.pub").fingerprint);
  });

  it("opens when an older cosign made it, with less work", () => {
    const { key } = open(made);
    const again = open(encrypt(key.export({ type: "pkcs8", format: "der" })));
    expect(createPublicKey(again.key).equals(createPublicKey(publicKey))).toBe(true);
  });

  it("stays closed without a password", async () => {
    const { remedy } = await expectError("KEY_PASSWORD_MISSING", async () =>
      readSigningKey(Buffer.from(made), undefined, "cosign.key"),
    );
    expect(remedy).toContain("password");
  });

  it.each(["", "another one", `${password} `, ` ${password}`])("stays closed with %j", async (given) => {
    const { message } = await expectError("KEY_PASSWORD_WRONG", async () => open(made, given));
    expect(message).toBe("the password does not open the private key cosign.key");
  });

  const content = Buffer.from("content");
  it.each<[string, string]>([
    ["no JSON", "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\nanVuaw==\n-----END ENCRYPTED COSIGN PRIVATE KEY-----"],
    ["not a whole block", made.slice(0, -10)],
    ["other letters", made.replace("eyJr", "e*Jr")],
    ["another key derivation", encrypt(content, (key) => ({ ...key, kdf: { ...key.kdf, name: "argon2" } }))],
    ["another cipher", encrypt(content, (key) => ({ ...key, cipher: { ...key.cipher, name: "aes" } }))],
    ["a short salt", encrypt(content, (key) => ({ ...key, kdf: { ...key.kdf, salt: "AAAA" } }))],
    ["a short nonce", encrypt(content, (key) => ({ ...key, cipher: { ...key.cipher, nonce: "AAAA" } }))],
    ["no ciphertext", encrypt(content, ({ ciphertext: _, ...rest }) => rest)],
    ["something more", encrypt(content, (key) => ({ ...key, more: 1 }))],
    ["nothing", encrypt(content, () => null)],
  ])("is malformed with %s", async (_, pem) => {
    const { message } = await expectError("KEY_MALFORMED", async () => open(pem));
    expect(message).toBe("cosign.key is not a key as cosign encrypts them");
  });

  it.each([
    [2 ** 30, 8, 1],
    [65536, 1024, 1],
    [65536, 8, 1024],
    [2, 8, 1],
  ])("is malformed when it wants work of N=%i, r=%i, p=%i", async (N, r, p) => {
    const pem = encrypt(content, (key) => ({ ...key, kdf: { ...key.kdf, params: { N, r, p } } }));
    const { message } = await expectError("KEY_MALFORMED", async () => open(pem));
    expect(message).toContain(`N=${N}, r=${r}, p=${p}`);
  });

  it("is malformed when something else was encrypted", async () => {
    const { message } = await expectError("KEY_MALFORMED", async () => open(encrypt(content)));
    expect(message).toBe("what cosign.key encrypts is not a private key");
  });

  it("stays closed when its ciphertext is too short for a seal", async () => {
    const pem = encrypt(content, (key) => ({ ...key, ciphertext: "AAAA" }));
    await expectError("KEY_PASSWORD_WRONG", async () => open(pem));
  });
});
