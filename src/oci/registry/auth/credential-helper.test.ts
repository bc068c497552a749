import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isGone } from "../../../../test/support/is-gone.ts";
import { expectError, thrownBy } from "../../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { askCredentialHelper, type HelperQuestion } from "./credential-helper.ts";

const secret = "pa55word";

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
  await mkdir(root.at("bin"));
});
afterAll(() => root[Symbol.asyncDispose]());

/** Writes a helper that a shell runs; `at` is a directory of its own. */
async function install(name: string, lines: string): Promise<void> {
  await writeFile(root.at("bin", `docker-credential-${name}`), `#!/bin/sh\nat='${root.path}'\n${lines}\n`, {
    mode: 0o755,
  });
}

function ask(name: string, more: Partial<HelperQuestion> = {}) {
  const env = { PATH: `${root.at("bin")}:/usr/bin:/bin`, SLIPWAY_TEST: "passed on" };
  const { signal } = new AbortController();
  return askCredentialHelper({ name, server: "registry.example.com", file: "/config.json", env, signal, ...more });
}

/** A helper that writes this text and ends so. */
async function answering(name: string, text: string, code = 0) {
  await writeFile(root.at(`${name}.txt`), text);
  await install(name, `cat > /dev/null; cat "$at/${name}.txt"; echo '${secret} on stderr' >&2; exit ${code}`);
  return () => ask(name);
}

describe("a credential helper", () => {
  it("is told the server on stdin and `get` as its only argument, in the environment of the step", async () => {
    await install(
      "echo",
      `printf '%s|' "$#" "$@" "$SLIPWAY_TEST" > "$at/seen"; cat >> "$at/seen"; echo '{"Username":"erin","Secret":"${secret}"}'`,
    );
    expect(await ask("echo")).toEqual({ kind: "password", username: "erin", password: secret });
    expect(await readFile(root.at("seen"), "utf8")).toBe("1|get|passed on|registry.example.com");
  });

  it.each<[string, string, unknown]>([
    [
      "a user and a password",
      `{"ServerURL":"https://x","Username":"erin","Secret":"${secret}"}\n`,
      { kind: "password", username: "erin", password: secret },
    ],
    ["an identity token", `{"Username":"<token>","Secret":"${secret}"}`, { kind: "identity-token", token: secret }],
    ["a password without a user", `{"Secret":"${secret}"}`, { kind: "password", username: "", password: secret }],
    ["no secret", '{"ServerURL":"","Username":"","Secret":""}', undefined],
    ["nothing in its object", "{}", undefined],
  ])("may answer with %s", async (_, text, expected) => {
    expect(await (await answering("answer", text))()).toEqual(expected);
  });

  it("may have nothing", async () => {
    expect(await (await answering("none", "credentials not found in native keychain\n", 1))()).toBeUndefined();
  });

  it.each<[string, string, number]>([
    ["no JSON", secret, 0],
    ["nothing at all", "", 0],
    ["a list", `["${secret}"]`, 0],
    ["a number for a user", `{"Username":7,"Secret":"${secret}"}`, 0],
    ["an object for a secret", `{"Username":"erin","Secret":{"a":"${secret}"}}`, 0],
    ["an exit status", `{"Username":"erin","Secret":"${secret}"}`, 3],
    ["the words for nothing, as if it were well", `credentials not found in native keychain ${secret}`, 0],
    ["more than 64 KiB", `{"Username":"erin","Secret":"${secret.repeat(10_000)}"}`, 0],
  ])("may not answer with %s", async (_, text, code) => {
    const error = await expectError("CREDENTIAL_HELPER_FAILED", await answering("bad", text, code));
    expect(error.message).toContain("docker-credential-bad");
    expect(error.details).toEqual(["/config.json names this helper for registry.example.com"]);
    expect(inspect(error)).not.toContain(secret);
  });

  it("that writes for ever is killed", async () => {
    await install("flood", `while :; do echo '${secret}'; done`);
    const error = await expectError("CREDENTIAL_HELPER_FAILED", () => ask("flood"));
    expect(error.message).toContain("more than 65536 bytes");
  });

  it("that ends without reading what it is told is judged by its answer", async () => {
    await install("deaf", `exec <&-; echo '{"Username":"erin","Secret":"${secret}"}'`);
    expect(await ask("deaf", { server: "x".repeat(500_000) })).toMatchObject({ username: "erin" });
  });

  it("that leaves something running in the background is not waited for", async () => {
    await install("daemon", `sleep 60 & echo $! > "$at/daemon"; echo '{"Username":"erin","Secret":"${secret}"}'`);
    expect(await ask("daemon")).toMatchObject({ username: "erin" });
    process.kill(Number(await readFile(root.at("daemon"), "utf8")), "SIGKILL");
  });

  it("that does not end is killed with all that it started", async () => {
    await install("slow", 'sleep 60 & echo $! > "$at/slow"; wait');
    const error = await expectError("CREDENTIAL_HELPER_FAILED", () => ask("slow", { timeLimit: 200 }));
    expect(error.message).toContain("no answer within 0.2 s");
    expect(await isGone(Number(await readFile(root.at("slow"), "utf8")))).toBe(true);
  });

  it("is killed when the step is interrupted", async () => {
    await install("waiting", 'echo $$ > "$at/waiting.new"; mv "$at/waiting.new" "$at/waiting"; exec sleep 60');
    const controller = new AbortController();
    const asked = thrownBy(() => ask("waiting", { signal: controller.signal }));
    while (!existsSync(root.at("waiting"))) await after(5);
    controller.abort(new Error("interrupted"));
    expect(await asked).toEqual(new Error("interrupted"));
    expect(await isGone(Number(await readFile(root.at("waiting"), "utf8")))).toBe(true);
    expect(await thrownBy(() => ask("waiting", { signal: controller.signal }))).toEqual(new Error("interrupted"));
  });

  it("that is not there is named, with its file", async () => {
    const error = await expectError("CREDENTIAL_HELPER_FAILED", () => ask("missing"));
    expect(error.message).toMatch(/\/config\.json .*docker-credential-missing, which is not on the PATH/);
    expect(error.remedy).toContain("Install docker-credential-missing");
  });

  it("that may not be run is named", async () => {
    await writeFile(root.at("bin", "docker-credential-data"), "", { mode: 0o644 });
    const error = await expectError("CREDENTIAL_HELPER_FAILED", () => ask("data"));
    expect(error.message).toContain("docker-credential-data");
  });

  it.each(["", "../bin/echo", "/bin/sh", "a b", "a;b", "$(a)", "a\0b", "é", "a\n"])(
    "is not looked for under the name %j",
    async (name) => {
      const error = await expectError("CREDENTIAL_HELPER_FAILED", () => ask(name));
      expect(error.message).toContain("/config.json names a credential helper that cannot be one");
    },
  );
});
