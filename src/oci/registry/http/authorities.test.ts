import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeAuthority } from "../../../../test/support/authority.ts";
import { expectError } from "../../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { readAuthorities } from "./authorities.ts";

let root: Temporary;
let one: string;
let other: string;
let key: string;

beforeAll(async () => {
  root = await temporaryDirectory();
  one = await readFile(makeAuthority(root.at("one")).file, "utf8");
  other = await readFile(makeAuthority(root.at("other")).file, "utf8");
  key = await readFile(root.at("one", "authority.key"), "utf8");
});
afterAll(() => root[Symbol.asyncDispose]());

it("reads certificates and nothing else", async () => {
  const path = root.at("bundle.pem");
  await writeFile(path, `# Authority 1\n${one}\n${key}\nsubject=é\r\n${other.replaceAll("\n", "\r\n")}`);
  const found = await readAuthorities(path);
  expect(found.map((pem) => pem.replaceAll("\r", ""))).toEqual([one.trim(), other.trim()]);
  expect(found.join()).not.toContain("PRIVATE");
});

it.each<[string, () => string, RegExp]>([
  ["that is empty", () => " \n", /is empty$/],
  ["with a private key", () => key, /has a private key and no certificate in PEM$/],
  ["that is not PEM", () => "\u0000\u0001DER", /has no certificate in PEM$/],
  ["with the head of a certificate", () => one.slice(0, 100), /has no certificate in PEM$/],
  [
    "with a damaged certificate",
    () => `${one}${other.replace(/\nMII[A-Za-z]{8}/, "\nMIIaaaaaaaa")}`,
    /^certificate 2 of 2 in .* is damaged$/,
  ],
])("refuses a file %s", async (_, content, message) => {
  const path = root.at("refused.pem");
  await writeFile(path, content());
  const error = await expectError("CA_FILE_UNUSABLE", () => readAuthorities(path));
  expect(error.message).toMatch(message);
  expect(error.message).toContain(path);
  expect(error.remedy).toContain("PEM file");
  expect(inspect(error)).not.toContain(key.split("\n")[1]);
});

it("refuses what is no file, missing or too large", async () => {
  await mkdir(root.at("directory"));
  await writeFile(root.at("large.pem"), "");
  await truncate(root.at("large.pem"), 5 * 1024 * 1024);
  for (const [name, why] of [
    ["directory", "is not a file"],
    ["large.pem", "is larger than 4 MiB"],
    ["nothing.pem", "does not exist"],
  ] as const) {
    const { message } = await expectError("CA_FILE_UNUSABLE", () => readAuthorities(root.at(name)));
    expect(message).toBe(`the file of authorities ${root.at(name)} ${why}`);
  }
});
