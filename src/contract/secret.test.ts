import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SlipwayError } from "../errors/index.ts";
import { input } from "./inputs.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-secret-"));
  await writeFile(join(directory, "token"), "s3cret");
  await writeFile(join(directory, "empty"), "");
  await writeFile(join(directory, "large"), "x".repeat(64 * 1024 + 1));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const secret = input.secretFile({ description: "a token", required: true });
const read = (text: string, env: Record<string, string> = {}) => secret.read("token", text, { directory, env }).read();

it("reads a file and a variable", async () => {
  expect((await read("token")).toString()).toBe("s3cret");
  expect((await read("env://TOKEN", { TOKEN: "s3cret" })).toString()).toBe("s3cret");
});

it.each([
  ["a file that is empty", "empty"],
  ["a file that is too large", "large"],
  ["a directory", "."],
  ["a variable that is not set", "env://TOKEN"],
])("refuses %s", async (_what, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: "SECRET_UNREADABLE", family: "configuration" });
});

it.each([
  "ghp_0123456789abcdefghijABCDEFGHIJ012345",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  "AAAA/BBBB+CCCC==",
  "x".repeat(5000),
])("never repeats a secret that was given in place of its file", async (text) => {
  const error = await read(text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SlipwayError);
  const shown =
    error instanceof SlipwayError ? [error.message, error.remedy, ...error.details, String(error.cause)] : [];
  expect(shown.join("\n")).not.toContain(text.slice(0, 12));
  expect(shown.join("\n")).toContain('"token"');
});

it("refuses a pasted key at once, without repeating it", () => {
  const pasted = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----";
  expect(() => read(pasted)).toThrow(expect.objectContaining({ code: "SECRET_INLINE" }));
  expect(() => read(pasted)).not.toThrow(/MIGH/);
});
