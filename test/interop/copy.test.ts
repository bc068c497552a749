import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateTinyLlm } from "../../action-fixtures/index.ts";
import { ContentPool } from "../../src/content/index.ts";
import { type CopyReport, copy, openOrCreateStore, openStore, parseReference } from "../../src/oci/index.ts";
import { succeed } from "../support/command-line.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { peer, run } from "./peers.ts";
import { type RunningRegistry, triedRegistries } from "./support/registries.ts";

/*
 * Copies between layouts and real registries, with evidence that cosign and oras made: what they find in the copy is what
 * they find in the original.
 */

const { signal } = new AbortController();
const pool = new ContentPool({ signal });

describe.each(triedRegistries)("%s", (name, start) => {
  let work: string;
  let registry: RunningRegistry;
  let subject: string;
  let origin: string;
  const at = (repository: string): string => `${registry.host}/${repository}`;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-copy-"));
    await mkdir(join(work, "registry"));
    registry = await start(join(work, "registry"));
    await generateTinyLlm(join(work, "model"), { version: "1.0.0" });
    await writeModelYaml(work, { name: "interop/tiny-llm", version: "1.0.0" });
    await tool("cosign", ["generate-key-pair"]);
    origin = at("origin/model");
    const { reference = "", ...packed } = await succeed(["package", "model.yaml", "--store", origin], work);
    subject = packed["subject"] ?? "";
    await cosignSign(`${origin}@${subject}`, "cosign.key");
    await writeKeyPair(join(work, "release"));
    await succeed(["sign", reference, "--key", "release.pem"], work);
    await writeFile(join(work, "bom.json"), "{}");
    const attach = ["attach", "--plain-http", "--artifact-type", "application/vnd.example.bom"];
    await tool("oras", [...attach, reference, "bom.json:application/json"]);
  }, 120_000);

  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await rm(work, { recursive: true, force: true });
  });

  it("gives a release to a layout and takes it back with all its evidence", async () => {
    const there = await copyBetween(`${origin}:1.0.0-default`, "oci:layout");
    expect(there.ignored).toEqual([]);
    expect(there.blobs).toMatchObject({ mounted: 0, present: 0 });
    const back = await copyBetween("oci:layout:1.0.0-default", at("copy/model"));
    expect(back.manifests.map(({ digest }) => digest).sort()).toEqual(
      there.manifests.map(({ digest }) => digest).sort(),
    );
    const again = await copyBetween("oci:layout:1.0.0-default", at("copy/model"));
    expect(again).toMatchObject({ bytes: 0, blobs: { sent: 0, mounted: 0 } });
    await copyBetween(`${at("copy/model")}:1.0.0-default`, "oci:returned");
    expect(await storeTags("oci:returned")).toEqual(await storeTags("oci:layout"));
    const tags = Object.keys(await storeTags("oci:layout"));
    expect(tags).toEqual([
      "1.0.0-default",
      expect.stringMatching(/^1\.0\.0-default_by-digest-[0-9a-f]{32}$/),
      expect.stringMatching(/^1\.0\.0-default_oms-/),
      expect.stringMatching(/^1\.0\.0-default_sign-/),
      `sha256-${subject.slice("sha256:".length)}.sig`,
    ]);
  });

  it("shows oras and cosign in the copy what they see in the original", async () => {
    for (const repository of [origin, at("copy/model")]) {
      expect(await cosignVerify(`${repository}@${subject}`, "cosign.pub")).toBe(0);
      expect(await cosignVerify(`${repository}@${subject}`, "release.pub", ["--new-bundle-format=true"])).toBe(0);
      expect(await cosignVerify(`${repository}@${subject}`, "cosign.pub", ["--new-bundle-format=true"])).not.toBe(0);
      const verified = await succeed(["verify", `${repository}@${subject}`, "--key", "release.pub"], work);
      expect(verified).toMatchObject({ verified: true });
      expect(await trees(repository)).toEqual(await trees(origin));
    }
    expect((await trees(origin)).discovered).toHaveLength(3);
    expect((await trees(origin)).cosign.join()).toContain(`:sha256-${subject.slice("sha256:".length)}.sig`);
  });

  it("is copied on by oras", async () => {
    await tool("oras", [
      ...["cp", "-r", "--from-plain-http", "--to-plain-http"],
      `${at("copy/model")}:1.0.0-default`,
      `${at("oras/model")}:1.0.0-default`,
    ]);
    expect((await trees(at("oras/model"))).discovered).toEqual((await trees(origin)).discovered);
  });

  it("mounts blobs of another repository of the same registry", async () => {
    const { blobs, bytes } = await copyBetween(`${origin}:1.0.0-default`, at("mounted/model"));
    // Of crane's registry every repository has all blobs.
    expect(blobs).toMatchObject(name.startsWith("crane") ? { sent: 0, mounted: 0 } : { sent: 0, present: 0 });
    expect(blobs.mounted + blobs.present).toBeGreaterThan(3);
    expect(bytes).toBe(0);
    expect(await cosignVerify(`${at("mounted/model")}@${subject}`, "cosign.pub")).toBe(0);
  });

  it("joins signatures of two signers, and cosign finds both", async () => {
    await mkdir(join(work, "other"), { recursive: true });
    await tool("cosign", ["generate-key-pair", "--output-key-prefix", "other/other"]);
    await copyBetween(`${origin}:1.0.0-default`, at("joined/model"));
    // The other signer signs a copy that has no signature yet.
    const [layout, plain] = ["oci:bare", at("plain/model")];
    await succeed(["package", "model.yaml", "--store", layout], work);
    await copyBetween(`${layout}:1.0.0-default`, plain);
    await cosignSign(`${plain}@${subject}`, "other/other.key");
    const { manifests } = await copyBetween(`${plain}:1.0.0-default`, at("joined/model"));
    expect(manifests.filter(({ outcome }) => outcome === "merged")).toHaveLength(1);
    for (const key of ["cosign.pub", "other/other.pub"]) {
      expect(await cosignVerify(`${at("joined/model")}@${subject}`, key)).toBe(0);
    }
    const again = await copyBetween(`${origin}:1.0.0-default`, at("joined/model"));
    expect(again.manifests.every(({ outcome }) => outcome === "present")).toBe(true);
  });

  async function copyBetween(from: string, to: string): Promise<CopyReport> {
    const [source, target] = [parseReference(from, work), parseReference(to, work)];
    const options = { signal, onBytes: () => {} };
    const stores = [
      await openStore(source, { pool, signal }),
      await openOrCreateStore(target, { pool, signal }),
    ] as const;
    return copy(...stores, { tag: source.tag }, options);
  }

  async function storeTags(store: string): Promise<Record<string, string>> {
    const opened = await openStore(parseReference(store, work), { pool, signal });
    const tags = [...(await opened.tags())].sort();
    return Object.fromEntries(
      await Promise.all(tags.map(async (tag) => [tag, (await opened.resolve({ tag })).digest])),
    );
  }

  /** What oras and cosign find; a registry's list of referrers has no order. */
  async function trees(repository: string) {
    const image = `${repository}@${subject}`;
    const { stdout: discovered } = await tool("oras", ["discover", "--plain-http", "--format", "json", image]);
    const { stdout: tree } = await tool("cosign", ["tree", "--allow-http-registry", image]);
    const own = `@${subject}`;
    return {
      discovered: [...new Set(discovered.match(/@sha256:[0-9a-f]{64}/g))].filter((name) => name !== own).sort(),
      cosign: tree.replaceAll(repository, "").split("\n").sort(),
    };
  }

  async function cosignSign(image: string, key: string): Promise<void> {
    await tool("cosign", [
      ...["sign", "--key", key, "--tlog-upload=false", "--new-bundle-format=false", "--use-signing-config=false"],
      ...["--allow-http-registry", "--yes", image],
    ]);
  }

  async function cosignVerify(
    image: string,
    key: string,
    format: readonly string[] = ["--new-bundle-format=false"],
  ): Promise<number | null> {
    const args = ["verify", "--key", key, "--insecure-ignore-tlog", "--allow-http-registry", ...format, image];
    return (await run(peer("cosign"), args, { env: { HOME: work }, cwd: work })).code;
  }

  async function tool(called: string, args: readonly string[]) {
    const env = { HOME: work, COSIGN_PASSWORD: "" };
    const result = await run(peer(called), [...args], { env, cwd: work });
    expect(result.code, `${called} ${args.join(" ")}\n${result.stderr}`).toBe(0);
    return result;
  }
});
