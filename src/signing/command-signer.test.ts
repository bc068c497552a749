import { createHash, verify } from "node:crypto";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { isGone } from "../../test/support/is-gone.ts";
import { writeKeyPair } from "../../test/support/key-pair.ts";
import { expectError, thrownBy } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { commandSigner } from "./command-signer.ts";
import { bytesToSign } from "./key-signer.ts";
import { readTrustedKeys } from "./read-trusted-keys.ts";

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
  for (const name of ["hsm", "other"]) await writeKeyPair(root.at(name));
});
afterAll(() => root[Symbol.asyncDispose]());

const statement = { form: "dsse", payload: Buffer.from('{"a":1}'), payloadType: "application/json" } as const;
const path = { PATH: "/usr/bin:/bin", HOME: "/erin" };
const secret = "s3cret/token+value";

interface More {
  readonly names?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeLimit?: number;
  readonly signal?: AbortSignal;
}

/** Signs a statement through a command whose temporary files go into a directory of their own. */
async function signBy(command: readonly string[], { names = [], env = {}, ...more }: More = {}) {
  await using temporary = await temporaryDirectory();
  vi.stubEnv("TMPDIR", temporary.path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const signal = new AbortController().signal;
  const circumstances = { directory: root.path, signal, ...more, env: { ...path, ...env } };
  const signer = await commandSigner({ command, publicKey: "hsm.pub", env: names }, circumstances);
  try {
    return { ...(await signer.sign(statement)), signer };
  } finally {
    expect(await readdir(temporary.path)).toEqual([]);
  }
}

/** The same by lines of a shell, which find the arguments in `$1` and so on. */
const shell = (lines: string, args: readonly string[] = [], more: More = {}) =>
  signBy(["sh", "-c", lines, "sh", ...args], more);

const pkeyutl = "openssl pkeyutl -sign -inkey hsm.pem -in";

describe("a command that has the key", () => {
  it.each<[string, readonly string[]]>([
    ["bytes on stdin", ["openssl", "dgst", "-sha256", "-sign", "hsm.pem"]],
    ["a file of bytes", ["openssl", "dgst", "-sha256", "-sign", "hsm.pem", "{payload}"]],
    ["a file of their digest", ["openssl", "pkeyutl", "-sign", "-inkey", "hsm.pem", "-in", "{digest}"]],
    [
      "the digest in letters",
      ["sh", "-c", `printf %s "$1" | tr a-f A-F | basenc --base16 -d > d; ${pkeyutl} d`, "sh", "{digest-hex}"],
    ],
    ["the digest in base64", ["sh", "-c", `echo "$1" | base64 -d > d; ${pkeyutl} d`, "sh", "{digest-base64}"]],
    ["a placeholder in an argument", ["sh", "-c", `${pkeyutl} "\${1#file://}"`, "sh", "file://{digest}"]],
    ["a signature in base64, in lines", ["sh", "-c", `${pkeyutl} "$1" | base64`, "sh", "{digest}"]],
  ])("signs: %s", async (_, command) => {
    const { signature, maker, logEntries, timestamps, signer } = await signBy(command);
    const [trusted] = await readTrustedKeys(["hsm.pub"], root.path);
    expect(verify("sha256", bytesToSign(statement), trusted?.key ?? "", signature)).toBe(true);
    expect({ maker, logEntries, timestamps }).toEqual({
      maker: { kind: "key", hint: trusted?.hint },
      logEntries: [],
      timestamps: [],
    });
    expect(signer.signatory).toEqual({ kind: "key", fingerprint: trusted?.fingerprint });
    expect(signer.recognises.keys).toEqual([trusted]);
  });

  it("gets what is signed in files of this user alone, which are gone afterwards", async () => {
    const lines = `stat -c %a "$1" "$2" "$(dirname "$1")" > modes; cp "$1" bytes; cp "$2" digest; echo "$1" > where; ${pkeyutl} "$2"`;
    await shell(lines, ["{payload}", "{digest}"]);
    expect(await readFile(root.at("modes"), "utf8")).toBe("600\n600\n700\n");
    const bytes = await readFile(root.at("bytes"));
    expect(bytes).toEqual(bytesToSign(statement));
    expect(await readFile(root.at("digest"))).toEqual(createHash("sha256").update(bytes).digest());
    expect(await thrownBy(async () => stat(dirname((await readFile(root.at("where"), "utf8")).trim())))).toMatchObject({
      code: "ENOENT",
    });
  });

  it("gets no more than PATH, HOME and what is named of the environment", async () => {
    const kept = {
      INPUT_KEY: "k",
      "INPUT_SIGNER-COMMAND": "c",
      GITHUB_TOKEN: "t",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
      SLIPWAY_HOST: "cli",
      KEY_BEHIND_ENV: "k",
    };
    const lines = `env | cut -d= -f1 | sort | tr "\\n" " " > seen; printf "\\n%s\\n" "$KMS_TOKEN" >> seen; openssl dgst -sha256 -sign hsm.pem`;
    await shell(lines, [], { env: { ...kept, KMS_TOKEN: secret }, names: ["KMS_TOKEN", "NOT_SET"] });
    // PWD and _ are the shell's own.
    expect((await readFile(root.at("seen"), "utf8")).replace(/\b(PWD|_|SHLVL|OLDPWD) /g, "")).toBe(
      `HOME KMS_TOKEN PATH \n${secret}\n`,
    );
  });

  it("runs in the step's directory, where its own path starts", async () => {
    await writeFile(root.at("sign-it"), "#!/bin/sh\nexec openssl dgst -sha256 -sign hsm.pem\n");
    await chmod(root.at("sign-it"), 0o755);
    expect((await signBy(["./sign-it"])).signature.length).toBeGreaterThan(60);
  });

  it("may close stdin early, and leave something in the background that keeps its output", async () => {
    const lines = `exec <&-; sleep 60 & echo $! > background; ${pkeyutl} "$1"`;
    expect((await shell(lines, ["{digest}"])).signature.length).toBeGreaterThan(60);
    process.kill(Number(await readFile(root.at("background"), "utf8")), "SIGKILL");
  });
});

describe("a command that fails", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["is not there", ["no-such-kms"], /no-such-kms, is not there/],
    ["is written in one line", ["openssl dgst -sign"], /openssl dgst -sign, is not there/],
    ["may not be run", ["./hsm.pem"], /cannot be run \(EACCES\)/],
  ])("because it %s", async (_, command, expected) => {
    const error = await expectError("SIGNER_COMMAND_MISSING", () => signBy([...command, "{payload}"]));
    expect(error.message).toMatch(expected);
    expect(error.remedy).toContain("each argument on a line of its own");
  });

  it.each<[string, string, string]>([
    ["an exit status", "echo first >&2; echo 'no such key' >&2; exit 3", "sh ended with exit status 3: no such key"],
    ["an exit status and no word", "exit 1", "sh ended with exit status 1"],
    ["a signal", "kill -KILL $$", "sh was ended by SIGKILL"],
    ["a good signature all the same", "openssl dgst -sha256 -sign hsm.pem; exit 1", "sh ended with exit status 1"],
  ])("with %s", async (_, lines, message) => {
    const error = await expectError("SIGNER_COMMAND_FAILED", () => shell(lines));
    expect(error.message).toBe(message);
  });

  it("is quoted in a few lines that are not long", async () => {
    const lines = `seq 10 >&2; head -c 5000 /dev/zero | tr "\\0" x >&2; printf "\\n\\n" >&2; exit 1`;
    const { message, details } = await expectError("SIGNER_COMMAND_FAILED", () => shell(lines));
    expect(message).toMatch(/: x{300}…$/);
    expect(details).toEqual(["7", "8", "9", "10"]);
  });

  it.each<[string, string]>([
    ["as it is", 'echo "denied: $KMS_TOKEN" >&2'],
    ["in base64", 'echo "denied: $(printf %s "$KMS_TOKEN" | base64)" >&2'],
    ["cut where too much was said", 'head -c 65520 /dev/zero >&2; printf "\\n%s" "$KMS_TOKEN" >&2'],
  ])("and shows a secret %s does not pass it on", async (_, lines) => {
    const more = { env: { KMS_TOKEN: secret }, names: ["KMS_TOKEN"] };
    const shown = inspect(await expectError("SIGNER_COMMAND_FAILED", () => shell(`${lines}; exit 1`, [], more)));
    for (const part of [secret.slice(0, 6), Buffer.from(secret).toString("base64").slice(0, 8)])
      expect(shown).not.toContain(part);
  });

  it.each<[string, string, string]>([
    ["rubbish", "echo done", "are no signature"],
    ["nothing", "true", "printed nothing"],
    ["another key's signature", "openssl dgst -sha256 -sign other.pem", "hsm.pub does not verify"],
    ["another hash's signature", "openssl dgst -sha512 -sign hsm.pem", "signs with sha512"],
    ["more than anybody reads", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxx; done", "printed more than 64 KiB"],
  ])("because it prints %s", async (_, lines, expected) => {
    const error = await expectError("SIGNER_COMMAND_WRONG", () => shell(lines));
    expect(error.message).toContain(expected);
  });

  it("because it hashes the digest again, and is told so", async () => {
    const command = ["openssl", "dgst", "-sha256", "-sign", "hsm.pem", "{digest}"];
    const error = await expectError("SIGNER_COMMAND_WRONG", () => signBy(command));
    expect(error.remedy).toContain("{payload}");
  });

  it("to end in time, and is killed with all that it started", async () => {
    const lines = 'sleep 60 & echo $! > slow; echo "$1" > where; wait';
    const error = await expectError("SIGNER_COMMAND_SLOW", () => shell(lines, ["{payload}"], { timeLimit: 300 }));
    expect(error.message).toBe("sh gave no signature within 0.3 s");
    expect(await isGone(Number(await readFile(root.at("slow"), "utf8")))).toBe(true);
  });

  it("because the step is interrupted, whose reason is thrown", async () => {
    const controller = new AbortController();
    const signing = thrownBy(() => shell("sleep 60", ["{payload}"], { signal: controller.signal }));
    await after(100);
    const interrupted = new Error("interrupted");
    controller.abort(interrupted);
    expect(await signing).toBe(interrupted);
  });
});

it.each(["KMS_TOKEN=value-of-it", "A B", "1A", "$A", "A\0"])("%j is not the name of a variable", async (name) => {
  const error = await expectError("INPUT_INVALID", () => signBy(["true"], { names: [name] }));
  expect(inspect(error)).not.toContain("value-of-it");
});

it("a public key that cannot be read is found before anything is run", async () => {
  const circumstances = { directory: root.path, env: path, signal: new AbortController().signal };
  const command = { command: ["touch", root.at("ran")], publicKey: "hsm.pem", env: [] };
  await expectError("KEY_MALFORMED", () => commandSigner(command, circumstances));
  expect(await readdir(root.path)).not.toContain("ran");
});
