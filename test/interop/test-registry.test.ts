import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestRegistry } from "../registry/index.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { profiles } from "../registry/profiles/index.ts";
import { peer, run } from "./peers.ts";

/*
 * The registry of the tests, held to what real tools expect of one: they are its conformance suite.
 */

const users = { writer: { password: "a-secret", may: ["pull", "push", "delete"] } } as const;

const kinds: readonly (readonly [string, RegistryOptions])[] = [
  ["one that follows the specification", {}],
  ["one with tokens", { authentication: { kind: "bearer", users, expiresIn: 300 } }],
  ["one like distribution, without the referrers API", profiles.distribution],
];

describe.each(kinds)("%s", (_, options) => {
  const weights = randomBytes(3_000_000);
  let work: string;
  let registry: TestRegistry;
  let image: string;
  let subject: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-test-registry-"));
    registry = await TestRegistry.start(options);
    image = `${registry.host}/interop/model`;
    await mkdir(join(work, ".docker"));
    const auth = Buffer.from("writer:a-secret").toString("base64");
    await writeFile(join(work, ".docker", "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    await writeFile(join(work, "weights.bin"), weights);
    await writeFile(join(work, "report.json"), '{"accuracy": 0.9}');
    // Without a service in it, cosign asks none: no time stamps, no log.
    await writeFile(
      join(work, "no-services.json"),
      '{"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json"}',
    );
  });

  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await rm(work, { recursive: true, force: true });
  });

  async function tool(name: string, ...args: readonly string[]): Promise<string> {
    const env = {
      HOME: work,
      DOCKER_CONFIG: join(work, ".docker"),
      REGISTRY_AUTH_FILE: join(work, ".docker", "config.json"),
      COSIGN_PASSWORD: "",
    };
    const { code, stdout, stderr } = await run(peer(name), args, { cwd: work, env });
    expect(code, `${name} ${args.join(" ")}\n${stderr}`).toBe(0);
    return stdout;
  }

  it("takes and gives what oras pushes and pulls", async () => {
    await tool("oras", "push", "--plain-http", `${image}:1.0.0`, "weights.bin:application/octet-stream");
    subject = registry.tags("interop/model").get("1.0.0") ?? "";
    await tool("oras", "pull", "--plain-http", `${image}:1.0.0`, "-o", join(work, "pulled"));
    expect((await readFile(join(work, "pulled", "weights.bin"))).equals(weights)).toBe(true);
    const { tags } = JSON.parse(await tool("oras", "repo", "tags", "--plain-http", image, "--format", "json"));
    expect(tags).toContain("1.0.0");
  });

  it("lists what oras attaches, and has it copied with its subject", async () => {
    const type = "application/vnd.example.report";
    await tool("oras", "attach", "--plain-http", "--artifact-type", type, `${image}:1.0.0`, "report.json");
    const found = await tool("oras", "discover", "--plain-http", `${image}:1.0.0`, "--format", "json");
    const { referrers } = JSON.parse(found);
    expect(referrers).toMatchObject([{ artifactType: type }]);
    const copy = `${registry.host}/interop/copy`;
    await tool("oras", "cp", "-r", "--from-plain-http", "--to-plain-http", `${image}:1.0.0`, `${copy}:1.0.0`);
    expect(registry.manifests("interop/copy").has(referrers[0].digest)).toBe(true);
    const weightsDigest = `sha256:${createHash("sha256").update(weights).digest("hex")}`;
    expect(weights.equals((await registry.blob("interop/copy", weightsDigest)) ?? new Uint8Array())).toBe(true);
  });

  it("shows cosign a signature that cosign made", async () => {
    await tool("cosign", "generate-key-pair");
    const [signed, http] = [`${image}@${subject}`, "--allow-http-registry"];
    await tool("cosign", "sign", "--yes", "--key", "cosign.key", "--signing-config", "no-services.json", http, signed);
    await tool("cosign", "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", http, signed);
    expect(await tool("cosign", "tree", http, signed)).toContain("sha256:");
  });

  it("gives crane an image that crane pushed, and lists and mounts for it", async () => {
    await tool("crane", "append", "--oci-empty-base", "-f", await layer(), "-t", `${image}:image`);
    await tool("crane", "validate", "--remote", `${image}:image`);
    await tool("crane", "copy", `${image}:image`, `${registry.host}/interop/mounted:image`);
    expect(await tool("crane", "digest", `${registry.host}/interop/mounted:image`)).toBe(
      await tool("crane", "digest", `${image}:image`),
    );
    expect((await tool("crane", "ls", image)).split("\n")).toEqual(expect.arrayContaining(["1.0.0", "image"]));
  });

  it("gives skopeo what it copies, and takes it back", async () => {
    const [from, to] = [`docker://${image}:image`, `docker://${registry.host}/interop/skopeo:image`];
    await tool("skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", from, "oci:layout:image");
    await tool("skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", "oci:layout:image", to);
    const raw = await tool("skopeo", "inspect", "--raw", "--tls-verify=false", to);
    expect(raw).toBe(await tool("skopeo", "inspect", "--raw", "--tls-verify=false", from));
  });

  it("went wrong nowhere: every answer was whole, and none was of its own making", () => {
    expect(registry.requests.filter(({ status, outcome }) => (status ?? 0) >= 500 || outcome === "cut")).toEqual([]);
  });

  /** A layer with one file. */
  async function layer(): Promise<string> {
    await run("tar", ["--format=ustar", "-cf", join(work, "layer.tar"), "-C", work, "report.json"]);
    return join(work, "layer.tar");
  }
});
