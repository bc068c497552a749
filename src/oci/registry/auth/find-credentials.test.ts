import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { findCredentials } from "./find-credentials.ts";

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

async function find(more: Record<string, string> = {}, at = host) {
  return (await search(more, at)).credentials;
}

function search(more: Record<string, string> = {}, at = host) {
  const env = {
    PATH: `${root.at("bin")}:/usr/bin:/bin`,
    HOME: root.at("home"),
    XDG_RUNTIME_DIR: root.at("run"),
    ...more,
  };
  return findCredentials(at, "team/model", env, new AbortController().signal);
}

describe("the place of credentials", () => {
  const locate = async () => (await search()).located;
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

  it("come from a Secret that is mounted as it is", async () => {
    const docker = { DOCKER_CONFIG: root.at("mounted") };
    await write(root.at("mounted", ".dockerconfigjson"), "secret", [host]);
    expect(await search(docker)).toMatchObject({
      credentials: { username: `secret@${host}` },
      origin: `user "secret@${host}" in ${root.at("mounted", ".dockerconfigjson")}`,
    });
    await write(root.at("mounted", "config.json"), "usual", [host]);
    expect(await find(docker)).toMatchObject({ username: `usual@${host}` });
  });
});

describe("a search", () => {
  it("says which files it looked at", async () => {
    const docker = { DOCKER_CONFIG: root.at("nowhere") };
    const lookedAt = [root.at("nowhere", "config.json"), root.at("nowhere", ".dockerconfigjson")];
    expect(await search(docker)).toEqual({ credentials: undefined, origin: undefined, lookedAt });
  });

  it("says which helper answered, and which file named it", async () => {
    await helper("own", `{"Username":"<token>","Secret":"${secret}"}`);
    const path = root.at("home", ".docker", "config.json");
    await write(path, "file", [host], { credHelpers: { [host]: "own" } });
    expect((await search()).origin).toBe(`a token from docker-credential-own, which ${path} names`);
  });

  it("says when every user may read the file", async () => {
    const path = root.at("home", ".docker", "config.json");
    await write(path, "file", [host], {}, 0o644);
    const { origin } = await search();
    expect(origin).toBe(`user "file@${host}" in ${path}, which every user of this machine may read`);
  });
});
