import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateTinyLlm } from "../../action-fixtures/index.ts";
import { type Authority, makeAuthority } from "../support/authority.ts";
import { type Answer, slipway } from "../support/command-line.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import type { RunningRegistry } from "./support/registries.ts";
import { erin, machine, securedRegistry } from "./support/secured-registry.ts";

/*
 * distribution 3 as companies run it: a certificate of a private authority, a password, a proxy in front. Through the
 * built command line, with an environment of nothing but what each test gives.
 */

let work: string;
let authority: Authority;
let registry: RunningRegistry & { readonly port: number };
let store: string;
/** Whatever the command line wrote, to look for the password in. */
let written = "";

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-tls-"));
  authority = makeAuthority(join(work, "authority"));
  const certificate = await authority.issue(machine, "registry.test");
  registry = await securedRegistry(join(work, "registry"), certificate);
  store = `${registry.host}/interop/tiny-llm`;
  await generateTinyLlm(join(work, "model"), { version: "1.0.0" });
  await writeModelYaml(work, { name: "interop/tiny-llm", version: "1.0.0" });
}, 60_000);

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Answer> {
  expect(args.join(" ")).not.toContain(erin.password);
  const PATH = `${join(work, "bin")}:/usr/bin:/bin`;
  const answer = await slipway([...args, "--debug"], work, { env: { PATH, HOME: join(work, "home"), ...env } });
  written += `${answer.stdout}${answer.stderr}`;
  return answer;
}

/** A configuration with a password for hosts; returns its path. */
async function login(path: string, password: string, hosts: readonly string[] = [registry.host]): Promise<string> {
  const auth = Buffer.from(`${erin.username}:${password}`).toString("base64");
  return configure(path, { auths: Object.fromEntries(hosts.map((host) => [host, { auth }])) });
}

async function configure(path: string, config: object): Promise<string> {
  const file = join(work, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

const trusting = () => ["--ca-file", authority.file];
const inspect = (env: Record<string, string>, more = trusting()) => run(["inspect", store, ...more], env);
const package_ = (env: Record<string, string>, more = trusting(), to = store) =>
  run(["package", "model.yaml", "--store", to, ...more], env);

describe("a certificate of a private authority", () => {
  it("is trusted with ca-file, or with NODE_EXTRA_CA_CERTS, and each beside the other", async () => {
    const docker = { DOCKER_CONFIG: dirname(await login("docker/config.json", erin.password)) };
    expect((await package_(docker)).json()).toMatchObject({ ok: true });
    expect((await inspect({ ...docker, NODE_EXTRA_CA_CERTS: authority.file }, [])).json()).toMatchObject({ ok: true });
    const other = makeAuthority(join(work, "other"));
    const beside = { ...docker, NODE_EXTRA_CA_CERTS: authority.file };
    expect((await inspect(beside, ["--ca-file", other.file])).json()).toMatchObject({ ok: true });
  });

  it("is not trusted without, and the remedy says what to do", async () => {
    const { code, json } = await inspect({}, []);
    expect(code).toBe(2);
    expect(json().error).toMatchObject({ code: "CERTIFICATE_UNTRUSTED", remedy: expect.stringContaining("ca-file") });
  });

  it("is not looked at when the file of authorities is none", async () => {
    await writeFile(join(work, "empty.pem"), "");
    for (const file of ["nothing.pem", "empty.pem", "model.yaml", "authority/authority.key"]) {
      const { error } = (await inspect({}, ["--ca-file", file])).json();
      expect(error).toMatchObject({ code: "CA_FILE_UNUSABLE", message: expect.stringContaining(join(work, file)) });
    }
  });
});

describe("credentials", () => {
  it("come from DOCKER_CONFIG, and the log says so once", async () => {
    const file = await login("docker/config.json", erin.password);
    const answer = await package_({ DOCKER_CONFIG: dirname(file) });
    expect(answer.code, answer.stderr).toBe(0);
    expect(answer.stderr.split(`credentials for ${registry.host}: user "erin" in ${file}`)).toHaveLength(2);
  });

  it("come from REGISTRY_AUTH_FILE, and from a Secret as Kubernetes mounts it", async () => {
    const file = await login("auth.json", erin.password);
    expect((await inspect({ REGISTRY_AUTH_FILE: file })).json()).toMatchObject({ ok: true });
    const secret = await login("secret/.dockerconfigjson", erin.password);
    const answer = await inspect({ DOCKER_CONFIG: dirname(secret) });
    expect(answer.stderr).toContain(secret);
    expect(answer.json()).toMatchObject({ ok: true });
  });

  it("come from a credential helper", async () => {
    const helper = join(work, "bin", "docker-credential-test");
    await mkdir(dirname(helper), { recursive: true });
    const reply = JSON.stringify({ Username: erin.username, Secret: erin.password });
    await writeFile(helper, `#!/bin/sh\nread -r server\n[ "$server" = "${registry.host}" ] && echo '${reply}'\n`);
    await chmod(helper, 0o755);
    const file = await configure("helped/config.json", { credHelpers: { [registry.host]: "test" } });
    const answer = await inspect({ DOCKER_CONFIG: dirname(file) });
    expect(answer.json()).toMatchObject({ ok: true });
    expect(answer.stderr).toContain(`user "erin" from docker-credential-test, which ${file} names`);
  });

  it("that are wrong are refused, and the remedy says whose they were", async () => {
    const file = await login("wrong/config.json", "not-the-password");
    for (const answer of [
      await inspect({ DOCKER_CONFIG: dirname(file) }),
      await package_({ DOCKER_CONFIG: dirname(file) }),
    ]) {
      expect(answer.code).toBe(2);
      const { error } = answer.json();
      expect(error).toMatchObject({ code: "REGISTRY_DENIED" });
      expect(error?.remedy).toContain(`${registry.host} was asked with the credentials of user "erin" in ${file}: `);
      expect(error?.remedy).toContain(`docker login ${registry.host}`);
      expect(answer.stdout + answer.stderr).not.toContain("not-the-password");
    }
  });

  it("that nobody has are asked for, with the files that were looked at", async () => {
    const file = await login("docker/config.json", erin.password, ["registry.example.com"]);
    const { error } = (await inspect({ DOCKER_CONFIG: dirname(file) })).json();
    expect(error?.code).toBe("REGISTRY_DENIED");
    expect(error?.remedy).toContain(`No credentials for ${registry.host} were found (looked at: ${file}, `);
    const { error: atHome } = (await inspect({})).json();
    expect(atHome?.remedy).toContain(join(work, "home", ".docker", "config.json"));
  });
});

describe("a proxy", () => {
  it("is asked for a tunnel, except for hosts in NO_PROXY", async () => {
    const name = `registry.test:${registry.port}`;
    await using proxy = await connectProxy({ [name]: registry.port });
    const REGISTRY_AUTH_FILE = await login("proxied.json", erin.password, [name, registry.host]);
    const env = { REGISTRY_AUTH_FILE, HTTPS_PROXY: proxy.url };
    const packaged = await package_(env, trusting(), `${name}/interop/proxied`);
    expect(packaged.code, packaged.stderr).toBe(0);
    expect(new Set(proxy.asked)).toEqual(new Set([name]));
    proxy.asked.length = 0;
    expect((await inspect({ ...env, NO_PROXY: machine })).json()).toMatchObject({ ok: true });
    expect(proxy.asked).toEqual([]);
    const { error } = (await inspect(env)).json();
    expect(error).toMatchObject({ code: "PROXY_REFUSED", message: expect.stringContaining("403") });
  }, 120_000);
});

describe("plain HTTP", () => {
  it("is spoken with a host that the user names, and with no other", async () => {
    await using plain = await securedRegistry(join(work, "plain"), undefined);
    const REGISTRY_AUTH_FILE = await login("plain.json", erin.password, [plain.host]);
    const to = `${plain.host}/interop/tiny-llm`;
    const named = await package_({ REGISTRY_AUTH_FILE }, ["--plain-http", plain.host], to);
    expect(named.code, named.stderr).toBe(0);
    for (const more of [[], ["--plain-http", `${machine}:1`]]) {
      const refused = await run(["inspect", to, ...more], { REGISTRY_AUTH_FILE });
      const { error } = refused.json();
      expect(error).toMatchObject({ code: "REGISTRY_INSECURE", remedy: expect.stringContaining(`add ${plain.host}`) });
    }
  }, 120_000);
});

it("never shows a password", async () => {
  expect(written).toContain("credentials for");
  const basic = Buffer.from(`${erin.username}:${erin.password}`).toString("base64");
  for (const secret of [erin.password, basic]) expect(written).not.toContain(secret);
  expect(await readFile(join(work, "auth.json"), "utf8")).toContain(basic);
});
