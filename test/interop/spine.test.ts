import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateTinyLlm } from "../../action-fixtures/index.ts";
import { succeed } from "../support/command-line.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { peer, run } from "./peers.ts";
import { registries } from "./support/registries.ts";

/*
 * What Slipway writes is read by real oras, skopeo, umoci, crane and cosign; what they copy, Slipway verifies.
 */

let work: string;
let layout: string;
let tag: string;
let subject: string;
let signature: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-interop-"));
  await generateTinyLlm(join(work, "model"), { version: "1.0.0" });
  await writeModelYaml(work, { name: "interop/tiny-llm", version: "1.0.0" });
  await writeKeyPair(join(work, "key"));
  const packed = await succeed(["package", "model.yaml", "--store", "oci:store"], work);
  tag = packed["tag"] ?? "";
  subject = packed["subject"] ?? "";
  const signed = await succeed(["sign", packed["reference"] ?? "", "--key", "key.pem"], work);
  signature = signed["bundle"] ?? "";
  layout = join(work, "store");
}, 60_000);

afterAll(() => rm(work, { recursive: true, force: true }));

describe("a layout that Slipway wrote", () => {
  it("is listed by oras with its signature", async () => {
    const { stdout } = await tool("oras", ["discover", "--oci-layout", `${layout}:${tag}`, "--format", "json"]);
    const found = JSON.parse(stdout);
    expect(JSON.stringify(found)).toContain(signature);
    expect(JSON.stringify(found)).toContain("application/vnd.dev.sigstore.bundle.v0.3+json");
  });

  it("is pulled by oras, byte for byte", async () => {
    const out = join(work, "oras-pull");
    await tool("oras", ["pull", "--oci-layout", `${layout}:${tag}`, "-o", out]);
    await expectModel(out);
  });

  it("is copied by skopeo, byte for byte", async () => {
    const out = join(work, "skopeo");
    await tool("skopeo", ["copy", `oci:${layout}:${tag}`, `dir:${out}`]);
    const blobs = new Set(await Promise.all((await readdir(out)).map((name) => sha256(join(out, name)))));
    for (const [path, digest] of await modelFiles(join(work, "model"))) expect(blobs, path).toContain(digest);
  });

  it("is listed by umoci", async () => {
    const { stdout } = await tool("umoci", ["ls", "--layout", layout]);
    expect(stdout.split("\n")).toContain(tag);
  });

  it("has a manifest that oras reads as it was written", async () => {
    const { stdout } = await tool("oras", ["manifest", "fetch", "--oci-layout", `${layout}@${subject}`]);
    expect(`sha256:${createHash("sha256").update(stdout).digest("hex")}`).toBe(subject);
  });
});

describe("copied to a registry and back", () => {
  it("is accepted by cosign, refused with another key, and verified by Slipway again", {
    timeout: 120_000,
  }, async () => {
    await mkdir(join(work, "registry"));
    await using registry = await registries.crane(join(work, "registry"));
    const target = `${registry.host}/interop/tiny-llm:${tag}`;
    await tool("oras", ["cp", "-r", "--from-oci-layout", `${layout}:${tag}`, "--to-plain-http", target]);
    const image = `${registry.host}/interop/tiny-llm@${subject}`;
    const cosign = (key: string) =>
      run(peer("cosign"), ["verify", "--key", key, "--insecure-ignore-tlog", "--allow-http-registry", image], {
        env: { HOME: work },
      });
    const accepted = await cosign(join(work, "key.pub"));
    expect(accepted.code, accepted.stderr).toBe(0);
    await writeKeyPair(join(work, "stranger"));
    expect((await cosign(join(work, "stranger.pub"))).code).not.toBe(0);

    const back = join(work, "back");
    await tool("oras", ["cp", "-r", "--from-plain-http", target, "--to-oci-layout", `${back}:${tag}`]);
    const verified = await succeed(["verify", `oci:back:${tag}@${subject}`, "--key", "key.pub"], work);
    expect(verified["verified"]).toBe(true);
    await succeed(["pull", `oci:back:${tag}@${subject}`, "--target", "pulled", "--key", "key.pub"], work);
    await expectModel(join(work, "pulled"));
  });
});

describe("a layout that other tools change", () => {
  it("keeps what Slipway and oras wrote", async () => {
    await tool("oras", ["tag", "--oci-layout", `${layout}:${tag}`, "from-oras"]);
    await succeed(["verify", `oci:store:from-oras@${subject}`, "--key", "key.pub"], work);
    await succeed(["package", "model.yaml", "--store", "oci:store", "--version", "1.0.1"], work);
    const { stdout } = await tool("oras", ["repo", "tags", "--oci-layout", layout]);
    for (const expected of [tag, "from-oras", "1.0.1-default"]) expect(stdout.split("\n")).toContain(expected);
  });
});

async function tool(name: string, args: readonly string[]) {
  const result = await run(peer(name), [...args], { env: { HOME: work } });
  expect(result.code, `${name} ${args.join(" ")}\n${result.stderr}`).toBe(0);
  return result;
}

async function expectModel(directory: string): Promise<void> {
  const expected = await modelFiles(join(work, "model"));
  const found = await modelFiles(directory);
  for (const [path, digest] of expected) expect(found.get(path), path).toBe(digest);
  expect([...found.keys()].sort()).toEqual([...expected.keys(), "metadata.json"].sort());
}

async function modelFiles(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).isFile()) files.set(path.slice(directory.length + 1), await sha256(path));
  }
  return files;
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
