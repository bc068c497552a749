import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { readTrustedKey } from "../key.ts";
import { acceptedSignature } from "./printed-signature.ts";

const signed = Buffer.from("what is signed");
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const trusted = readTrustedKey(Buffer.from(publicKey.export({ type: "spki", format: "pem" })), "key.pub");
const maker = { program: "kms", publicKey: "key.pub", trusted };
const accept = (printed: Buffer | string) => acceptedSignature(Buffer.from(printed), signed, maker);

const der = sign("sha256", signed, privateKey);
const rawOf = (key: KeyObject) => sign("sha256", signed, { key, dsaEncoding: "ieee-p1363" });
/** As `base64` and `openssl base64` break lines. */
const wrapped = der.toString("base64").replace(/.{64}/g, "$&\n");

describe("what a command prints", () => {
  it.each<[string, Buffer | string]>([
    ["DER", der],
    ["base64", der.toString("base64")],
    ["base64 with a line break", `${der.toString("base64")}\r\n`],
    ["base64 in lines", `${wrapped}\n`],
    ["base64 for URLs, without its end", der.toString("base64url")],
    ["Vault's form", `vault:v1:${der.toString("base64")}\n`],
    ["Vault's form, of a key that was rotated", `vault:v12:${der.toString("base64")}`],
  ])("may be %s", (_, printed) => {
    expect(accept(printed)).toEqual(der);
  });

  it("may be r and s, whose numbers become those of DER, of whatever length", () => {
    const lengths = new Set<number>();
    for (let tries = 0; tries < 3000; tries += 1) {
      const raw = rawOf(privateKey);
      lengths.add(accept(raw).length);
      if (tries < 10) expect(accept(raw.toString("base64"))).toEqual(accept(raw));
    }
    // Numbers with a set first bit, and numbers with empty first bytes.
    expect(Math.min(...lengths)).toBeLessThan(70);
    expect(Math.max(...lengths)).toBe(72);
  });

  const digest = createHash("sha256").update(signed).digest();
  it.each<[string, Buffer | string, string]>([
    ["nothing", "", "kms printed nothing"],
    ["words", "Signature: done\n", "the 16 bytes that kms printed are no signature"],
    ["base64 of words", Buffer.from("words").toString("base64"), "are no signature"],
    ["JSON around it", JSON.stringify({ Signature: der.toString("base64") }), "are no signature"],
    ["half of it", der.subarray(0, 40), "are no signature"],
    ["something behind it", Buffer.concat([der, Buffer.from("\n")]), "are no signature"],
    ["another key's", sign("sha256", signed, stranger), "key.pub does not verify the signature that kms printed"],
    ["another key's r and s", rawOf(stranger), "key.pub does not verify"],
    ["one of something else", sign("sha256", Buffer.from("else"), privateKey), "key.pub does not verify"],
    ["zeros", Buffer.alloc(64), "key.pub does not verify"],
    ["one over the digest's digest", sign("sha256", digest, privateKey), "took the digest for the content"],
    ["one with SHA-384", sign("sha384", signed, privateKey), "signs with sha384"],
  ])("may not be %s", async (_, printed, expected) => {
    const error = await expectError("SIGNER_COMMAND_WRONG", () => accept(printed));
    expect(error.message).toContain(expected);
  });

  it("is never accepted when a byte of it is another, whatever it is", async () => {
    const change = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(change, async ([at, bits]) => {
        const altered = Buffer.from(der);
        altered[at] = (altered[at] ?? 0) ^ bits;
        await expectError("SIGNER_COMMAND_WRONG", () => accept(altered));
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200, size: "max" }), async (bytes) => {
        await expectError("SIGNER_COMMAND_WRONG", () => accept(Buffer.from(bytes)));
      }),
    );
  });
});
