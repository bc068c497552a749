import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { configPlaces, readConfig } from "./find-config.ts";

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
});
afterAll(() => root[Symbol.asyncDispose]());

describe("places of credentials", () => {
  const home = { HOME: "/users/erin", XDG_RUNTIME_DIR: "/run/user/1" };
  it.each<[Record<string, string>, string[]]>([
    [home, ["/users/erin/.docker/config.json", "/run/user/1/containers/auth.json"]],
    [{ HOME: "/users/erin" }, ["/users/erin/.docker/config.json"]],
    [{ XDG_RUNTIME_DIR: "/run/user/1" }, ["/run/user/1/containers/auth.json"]],
    [{ ...home, DOCKER_CONFIG: "/tekton/docker" }, ["/tekton/docker/config.json", "/tekton/docker/.dockerconfigjson"]],
    [{ ...home, DOCKER_CONFIG: "/tekton/docker", REGISTRY_AUTH_FILE: "/auth.json" }, ["/auth.json"]],
    [
      { ...home, DOCKER_CONFIG: "", REGISTRY_AUTH_FILE: "" },
      ["/users/erin/.docker/config.json", "/run/user/1/containers/auth.json"],
    ],
    [{}, []],
  ])("with %j are %j", (env, paths) => {
    expect(configPlaces(env).map(({ path }) => path)).toEqual(paths);
  });
});

describe("a place", () => {
  it("holds a file", async () => {
    await writeFile(root.at("whole.json"), '{"credsStore":"pass"}', { mode: 0o600 });
    const found = await readConfig({ path: root.at("whole.json") });
    expect(found).toMatchObject({
      config: { credsStore: "pass", file: root.at("whole.json") },
      readableByOthers: false,
    });
  });

  it("holds a link to a file, as Kubernetes mounts secrets, which nobody else sees whatever their mode", async () => {
    await mkdir(root.at("..2026"));
    await symlink("..2026", root.at("..data"));
    await writeFile(root.at("..2026", "target.json"), '{"credsStore":"pass"}');
    await chmod(root.at("..2026", "target.json"), 0o644);
    await symlink("..data/target.json", root.at("link.json"));
    expect(await readConfig({ path: root.at("link.json") })).toMatchObject({
      config: { credsStore: "pass" },
      readableByOthers: false,
    });
  });

  it.each([
    [0o600, false],
    [0o640, false],
    [0o644, true],
    [0o604, true],
  ])("holds a file of mode %o, which others may read: %j", async (mode, readable) => {
    const path = root.at(`mode-${mode}.json`);
    await writeFile(path, "{}");
    await chmod(path, mode);
    expect((await readConfig({ path }))?.readableByOthers).toBe(readable);
  });

  it("holds nothing", async () => {
    await writeFile(root.at("file"), "");
    expect(await readConfig({ path: root.at("nothing.json") })).toBeUndefined();
    expect(await readConfig({ path: root.at("nowhere", "config.json") })).toBeUndefined();
    expect(await readConfig({ path: root.at("file", "config.json") })).toBeUndefined();
  });

  it.each([["nothing.json"], ['{"auths":{"registry.example.com":{"auth":"pa55word"}}}'], ["pa55word".repeat(1000)]])(
    "that a variable names must hold something, and is not shown: %.30s",
    async (path) => {
      const error = await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () =>
        readConfig({ path: root.at(path), requiredBy: "REGISTRY_AUTH_FILE" }),
      );
      expect(`${error.message} ${error.remedy}`).toContain("REGISTRY_AUTH_FILE");
      expect(inspect(error)).not.toMatch(/pa55word|nothing\.json/);
    },
  );

  it("may not hold a directory, a named pipe or a device", async () => {
    await mkdir(root.at("directory"));
    execFileSync("mkfifo", [root.at("pipe")]);
    for (const path of [root.at("directory"), root.at("pipe"), "/dev/zero"]) {
      const error = await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () => readConfig({ path }));
      expect(error.message).toContain(path);
    }
  });

  it("may not hold a file of more than 1 MiB", async () => {
    await writeFile(root.at("large.json"), "{}".padEnd(1024 * 1024), { mode: 0o600 });
    expect(await readConfig({ path: root.at("large.json") })).toBeDefined();
    await truncate(root.at("large.json"), 200 * 1024 ** 3);
    const error = await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () =>
      readConfig({ path: root.at("large.json") }),
    );
    expect(error.message).toContain(`${root.at("large.json")}: it is larger than 1 MiB`);
  });

  it("may not hold a file in a circle of links", async () => {
    await symlink("circle.json", root.at("circle.json"));
    const error = await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () =>
      readConfig({ path: root.at("circle.json") }),
    );
    expect(error.message).toContain("ELOOP");
  });
});
