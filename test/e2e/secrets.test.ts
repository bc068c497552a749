import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EndedStep, runGithubStep } from "../support/github-step.ts";
import { PromotedReleases } from "../support/promoted-releases.ts";
import { type Temporary, temporaryDirectory } from "../support/temporary.ts";

/*
 * Invariant 5: secrets are in no argument, log, output, summary, error text, nor in what a step leaves behind, and no
 * program that a step starts finds them in its environment. The built actions run as on GitHub, with an encrypted key and
 * its password in variables; git is one that writes down how it was called.
 */

const password = "correct horse battery staple";
const tokens = {
  GITHUB_TOKEN: "ghs_0123456789abcdefghijABCDEFGHIJ",
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner.invalid/token?api-version=2.0",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner-0123456789abcdefghijABCDEFGHIJ",
  GIT_PUSH_TOKEN: "glpat-0123456789abcdefghij",
};

let root: Temporary;
let releases: PromotedReleases;
let env: Record<string, string>;
let secrets: readonly string[];
let calls: string;
let count = 0;

beforeAll(async () => {
  root = await temporaryDirectory();
  releases = await PromotedReleases.build(root.at("releases"), { "1.0.0": "experimental" });
  const plain = await readFile(join(releases.directory, "erin.pem"), "utf8");
  const key = String(
    createPrivateKey(plain).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: password }),
  );
  await mkdir(root.at("bin"));
  calls = root.at("calls");
  const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
  const spying = `#!/bin/sh\n{ printf '%s\\0' "$0" "$@"; cat "/proc/$$/environ"; } >> '${calls}'\nexec '${real}' "$@"\n`;
  await writeFile(root.at("bin/git"), spying);
  await chmod(root.at("bin/git"), 0o755);
  env = {
    ...tokens,
    RELEASE_KEY: key,
    RELEASE_PASSWORD: password,
    PATH: [root.at("bin"), process.env["PATH"]].join(delimiter),
    HOME: root.at("."),
  };
  const lines = [plain, key].flatMap((pem) => pem.split("\n")).filter((line) => /^[A-Za-z0-9+/=]{24,}$/.test(line));
  const { ACTIONS_ID_TOKEN_REQUEST_URL: _, ...secretTokens } = tokens;
  secrets = [password, ...lines, ...Object.values(secretTokens)];
});
afterAll(() => root[Symbol.asyncDispose]());

async function step(name: string, inputs: Readonly<Record<string, string>>, more: Record<string, string> = {}) {
  count += 1;
  const scratch = root.at(`step-${count}`);
  const ended = await runGithubStep({
    step: name,
    inputs: { key: "env://RELEASE_KEY", password: "env://RELEASE_PASSWORD", ...inputs },
    work: releases.directory,
    scratch,
    run: "77",
    attempt: count,
    env: { ...env, ...more },
  });
  await expectNoSecret(ended, scratch);
  return ended;
}

async function expectNoSecret({ stdout, outputs }: EndedStep, scratch: string): Promise<void> {
  // The runner is told each secret by a command, so that it can hide it.
  const log = stdout.replace(/^::add-mask::.*$/gm, "");
  const left = await textsBelow(scratch);
  const called = await readFile(calls, "latin1").catch(() => "");
  for (const [where, text] of Object.entries({ log, outputs: JSON.stringify(outputs), left, called })) {
    expect(secretsIn(text), where).toEqual([]);
  }
}

const secretsIn = (text: string) => secrets.filter((secret) => text.includes(secret));

async function textsBelow(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

const reference = () => releases.reference("1.0.0");

it("are nowhere to be found after signing, attesting, promoting and deploying", async () => {
  const done = [
    await step("sign", { subject: reference() }),
    await step("attest", { subject: reference(), type: "approval", to: "staging", reason: "Fine" }),
    await step("promote", {
      subject: reference(),
      to: "staging",
      policy: "policy.yaml",
      "git-token": "env://GIT_PUSH_TOKEN",
    }),
  ];
  expect(done.map(({ status, stdout }) => [status, stdout.slice(-300)])).toEqual(
    done.map(({ stdout }) => [0, stdout.slice(-300)]),
  );
  const called = await readFile(calls, "latin1");
  expect(called).toContain("push");
  expect(called).toContain("GIT_");
  expect(secretsIn(await textsBelow(releases.directory)).filter((secret) => secret === password)).toEqual([]);
});

it.each([
  ["KEY_PASSWORD_WRONG", { RELEASE_PASSWORD: "another one entirely" }],
  ["KEY_MALFORMED", { RELEASE_KEY: "correct horse battery staple" }],
  ["SECRET_UNREADABLE", { RELEASE_KEY: "" }],
])("are not in what is said when signing fails: %s", async (code, more) => {
  const failed = await step("sign", { subject: reference() }, more);
  expect(failed).toMatchObject({ status: 2, code });
});

it("are found by this test where they are", async () => {
  await writeFile(calls, password, { flag: "a" });
  await expect(step("sign", { subject: reference() })).rejects.toThrow();
});
