import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { findCredentials, locateCredentials } from "./find-credentials.ts";

const host = "registry.example.com";
const secret = "pa55word";

let root: Temporary;
beforeEach(async () => {
  root = await temporaryDirectory();
});
afterEach(() => root[Symbol.asyncDispose]());

/** A file with a password for each registry, which the user `<name>@<registry>` has. */
async function write(path: string, name: string, registries: readonly string[], more: object = {}, mode = 0o600) {
  const entry = (registry: string) => ({ auth: Buffer.from(`${name}@${registry}:${secret}`).toString("base64") });
  const auths = Object.fromEntries(registries.map((registry) => [registry, entry(registry)]));
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify({ auths, ...more }), { mode });
}

async function helper(name: string, answer: string, code = 0): Promise<void> {
  await mkdir(root.at("bin"), { recursive: true });
  const script = `#!/bin/sh\ncat >> '${root.at("asked")}'\necho '${answer}'\nexit ${code}\n`;
  await writeFile(root.at("bin", `docker-credential-${name}`), script, { mode: 0o755 });
}

function environment(more: Record<string, string> = {}) {
  return {
    PATH: `${root.at("bin")}:/usr/bin:/bin`,
    HOME: root.at("home"),
    XDG_RUNTIME_DIR: root.at("run"),
    ...more,
  };
}

function find(more: Record<string, string> = {}, at = host, report?: (notice: string) => void) {
  return findCredentials(at, "team/model", environment(more), new AbortController().signal, report);
}

describe("the place of credentials", () => {
  const locate = () => locateCredentials(host, "team/model", environment(), new AbortController().signal);
  const file = () => root.at("home", ".docker", "config.json");

  it("is the file that has them, and who may read it", async () => {
    await write(file(), "docker", [host]);
    expect(await locate()).toMatchObject({ file: file(), helper: undefined, exposed: false });
    await chmod(file(), 0o644);
    expect(await locate()).toMatchObject({ exposed: true });
  });

  it("is the helper that gave them, and the file that names it", async () => {
    await helper("keys", JSON.stringify({ Username: "erin", Secret: secret }));
    await write(file(), "docker", [], { credsStore: "keys" }, 0o644);
    expect(await locate()).toMatchObject({ file: file(), helper: "keys", exposed: false });
  });
});

describe("credentials", () => {
  it("are none where no file is", async () => {
    expect(await find()).toBeUndefined();
    expect(await find({ DOCKER_CONFIG: root.at("nowhere") })).toBeUndefined();
  });

  it("come from the first file that has some for the registry", async () => {
    await write(root.at("home", ".docker", "config.json"), "docker", [host]);
    await write(root.at("run", "containers", "auth.json"), "podman", [host, "quay.io"]);
    expect(await find()).toMatchObject({ username: `docker@${host}` });
    expect(await find({}, "quay.io")).toMatchObject({ username: "podman@quay.io" });
    expect(await find({}, "ghcr.io")).toBeUndefined();
  });

  it("come from the place that is named, and from no other", async () => {
    await write(root.at("home", ".docker", "config.json"), "home", [host, "quay.io"]);
    await write(root.at("named", "config.json"), "named", [host]);
    await write(root.at("auth.json"), "explicit", [host]);
    const docker = { DOCKER_CONFIG: root.at("named") };
    expect(await find(docker)).toMatchObject({ username: `named@${host}` });
    expect(await find(docker, "quay.io")).toBeUndefined();
    const explicit = { ...docker, REGISTRY_AUTH_FILE: root.at("auth.json") };
    expect(await find(explicit)).toMatchObject({ username: `explicit@${host}` });
    expect(await find(explicit, "quay.io")).toBeUndefined();
  });

  it("come from a helper before they come from the file that names it", async () => {
    await helper("own", `{"Username":"helper","Secret":"${secret}"}`);
    await write(root.at("home", ".docker", "config.json"), "file", [host], { credHelpers: { [host]: "own" } });
    expect(await find()).toEqual({ kind: "password", username: "helper", password: secret });
  });

  it("come from the file when the helper has none", async () => {
    await helper("empty", "credentials not found in native keychain", 1);
    await write(root.at("home", ".docker", "config.json"), "file", [host], { credsStore: "empty" });
    expect(await find()).toMatchObject({ username: `file@${host}` });
    expect(await find({}, "docker.io")).toBeUndefined();
    expect(await readFile(root.at("asked"), "utf8")).toBe(`${host}https://index.docker.io/v1/`);
  });

  it("are not looked for elsewhere when a helper fails", async () => {
    await helper("broken", secret, 1);
    await write(root.at("home", ".docker", "config.json"), "file", [host], { credsStore: "broken" });
    const error = await expectError("CREDENTIAL_HELPER_FAILED", () => find());
    expect(error.details).toEqual([`${root.at("home", ".docker", "config.json")} names this helper for ${host}`]);
    expect(inspect(error)).not.toContain(secret);
  });

  it("are not looked for behind a file that is broken", async () => {
    await write(root.at("home", ".docker", "config.json"), "file", [], { auths: secret });
    await write(root.at("run", "containers", "auth.json"), "podman", [host]);
    const error = await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () => find());
    expect(error.message).toContain(root.at("home", ".docker", "config.json"));
    expect(inspect(error)).not.toContain(secret);
  });

  it("that every user may read are reported, and used", async () => {
    const path = root.at("home", ".docker", "config.json");
    await write(path, "file", [host], {}, 0o644);
    const notices: string[] = [];
    expect(await find({}, host, (notice) => notices.push(notice))).toMatchObject({ username: `file@${host}` });
    expect(notices).toEqual([`${path} holds registry credentials and can be read by every user of this machine`]);
    expect(await find({}, "quay.io", (notice) => notices.push(notice))).toBeUndefined();
    expect(notices).toHaveLength(1);
  });
});
