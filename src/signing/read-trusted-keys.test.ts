import { generateKeyPairSync } from "node:crypto";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { readTrustedKey } from "./key.ts";
import { readTrustedKeys } from "./read-trusted-keys.ts";

function publicKey(): string {
  return String(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }));
}

async function keyDirectory() {
  const root = await temporaryDirectory();
  const keys = { "a.pub": publicKey(), "keys/b.pub": publicKey() };
  await mkdir(root.at("keys"));
  for (const [path, pem] of Object.entries(keys)) await writeFile(root.at(path), pem);
  const fingerprints = Object.values(keys).map((pem) => readTrustedKey(Buffer.from(pem), "key").fingerprint);
  return { path: root.path, fingerprints, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

test("keys are read in the order given, from relative and absolute paths", async () => {
  await using at = await keyDirectory();
  const read = async (...paths: string[]) =>
    (await readTrustedKeys(paths, at.path)).map(({ fingerprint }) => fingerprint);
  expect(await read("a.pub", "keys/b.pub")).toEqual(at.fingerprints);
  expect(await read(join(at.path, "keys/b.pub"), "./a.pub")).toEqual(at.fingerprints.toReversed());
});

test.each<[string, string[], string]>([
  ["no file", [], "no public key was named"],
  ["a file that is missing", ["a.pub", "gone.pub"], "cannot read the public key gone.pub: ENOENT"],
  ["a directory", ["keys"], "cannot read the public key keys: EISDIR"],
  ["a file that is no key", ["a.pub", "words"], "words is not a public key in PEM"],
  ["a file that is no key at all by its size", ["large"], "large is too large to be a key"],
])("KEY_MALFORMED: %s", async (_, paths, message) => {
  await using at = await keyDirectory();
  await writeFile(join(at.path, "words"), "words");
  await writeFile(join(at.path, "large"), "");
  await truncate(join(at.path, "large"), 2 ** 33);
  await expect(readTrustedKeys(paths, at.path)).rejects.toMatchObject({
    code: "KEY_MALFORMED",
    family: "configuration",
    message: expect.stringContaining(message),
  });
});
