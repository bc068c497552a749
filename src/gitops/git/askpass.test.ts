import { spawnSync } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { type Credentials, credentialsFor } from "./askpass.ts";

const token = { place: "git-token", read: async () => Buffer.from("very-secret\n") };
const repository = "https://git.example.com:8443/gitops.git";

let root: Temporary;
let credentials: Credentials;
beforeAll(async () => {
  root = await temporaryDirectory();
  credentials = await credentialsFor({ repository, branch: "main", token }, root.at("."));
});
afterAll(() => root[Symbol.asyncDispose]());

/** What git would be told when it asks this. */
function answerTo(prompt: string): string {
  const { GIT_ASKPASS: script = "", ...variables } = credentials.variables;
  const env = { PATH: process.env["PATH"], ...variables };
  return spawnSync(script, [prompt], { env, encoding: "utf8" }).stdout;
}

describe("the script that git asks", () => {
  it.each([
    ["Username for 'https://git.example.com:8443': ", "x-access-token\n"],
    ["Username for 'https://git.example.com:8443/gitops.git': ", "x-access-token\n"],
    ["Password for 'https://x-access-token@git.example.com:8443': ", "very-secret"],
    ["Password for 'https://x-access-token@git.example.com:8443/gitops.git': ", "very-secret"],
    ["Password for 'https://x-access-token@git.example.com': ", ""],
    ["Password for 'https://x-access-token@git.example.com:84430': ", ""],
    ["Password for 'https://x-access-token@git.example.com:8443.evil.example': ", ""],
    ["Password for 'https://x-access-token@git.example.com:8443@evil.example': ", ""],
    ["Password for 'http://x-access-token@git.example.com:8443': ", ""],
    ["Password for 'https://x-access-token@evil.example/git.example.com:8443/': ", ""],
    ["Password for 'https://somebody@git.example.com:8443': ", ""],
    ["Password for 'https://x-access-token@gitXexample.com:8443': ", ""],
    ["Password for 'https://x-access-token@*': ", ""],
    ["Enter passphrase for key 'id_ed25519': ", ""],
    ["", ""],
  ])("answers %j with %j", (prompt, answer) => {
    expect(answerTo(prompt)).toBe(answer);
  });

  it("and its token can be read by this user alone", async () => {
    const modes = await Promise.all(
      (await readdir(root.at("."))).map(async (name) => [name, (await stat(root.at(name))).mode & 0o777] as const),
    );
    expect(new Map(modes)).toEqual(
      new Map([
        ["askpass", 0o700],
        ["token", 0o600],
      ]),
    );
  });
});

describe("credentials", () => {
  it.each([
    ["a path", "/srv/gitops.git"],
    ["a file URL", "file:///srv/gitops.git"],
    ["ssh", "git@git.example.com:gitops.git"],
  ])("are not read for %s", async (_, place) => {
    const read = () => Promise.reject(new Error("it was read"));
    const none = await credentialsFor({ repository: place, branch: "main", token: { ...token, read } }, "/nowhere");
    expect([none.variables, none.settings, none.hide("very-secret")]).toEqual([{}, [], "very-secret"]);
  });

  it("are never in the variables, and are taken out of texts in every form", () => {
    expect(JSON.stringify(credentials.variables)).not.toContain("very-secret");
    const encoded = Buffer.from("x-access-token:very-secret").toString("base64");
    expect(credentials.hide(`a very-secret b ${encoded} c very-secret`)).toBe("a … b … c …");
  });

  it.each(["", "\n", "\r\n", "\nvery-secret\n"])("are refused when the first line is empty: %j", async (content) => {
    const empty = { ...token, read: async () => Buffer.from(content) };
    const { message } = await expectError("GIT_ACCESS_DENIED", () =>
      credentialsFor({ repository, branch: "main", token: empty }, "/nowhere"),
    );
    expect(message).not.toContain("very-secret");
  });
});
