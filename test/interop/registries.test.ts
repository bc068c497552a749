import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateTinyLlm } from "../../action-fixtures/index.ts";
import { slipway, succeed } from "../support/command-line.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { peer, run } from "./peers.ts";
import { type RunningRegistry, registries } from "./support/registries.ts";

/*
 * Real registries as stores: what Slipway puts there, real tools find, and it finds what they put there.
 */

describe.each(Object.entries(registries))("%s", (_, start) => {
  let work: string;
  let registry: RunningRegistry;
  let reference: string;
  let subject: string;
  let signature: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-registries-"));
    await mkdir(join(work, "registry"));
    registry = await start(join(work, "registry"));
    await generateTinyLlm(join(work, "model"), { version: "1.0.0" });
    await writeModelYaml(work, { name: "interop/tiny-llm", version: "1.0.0" });
    for (const name of ["key", "stranger"]) await writeKeyPair(join(work, name));
  }, 60_000);

  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await rm(work, { recursive: true, force: true });
  });

  it("takes a release, and the same again", async () => {
    const store = `${registry.host}/interop/tiny-llm`;
    const packed = await succeed(["package", "model.yaml", "--store", store], work);
    ({ reference = "", subject = "" } = packed);
    expect(reference).toBe(`${store}:1.0.0-default@${subject}`);
    expect(Number(packed["written"])).toBeGreaterThan(0);
    const again = await succeed(["package", "model.yaml", "--store", store], work);
    expect(again).toMatchObject({ subject, written: 0 });
    const layout = await succeed(["package", "model.yaml", "--store", "oci:layout"], work);
    expect(layout["subject"]).toBe(subject);
  });

  it("refuses other content under the same tag", async () => {
    const { length } = await readdir(join(work, "model"));
    await writeKeyPair(join(work, "model", "another-file"));
    const answer = await slipway(["package", "model.yaml", "--store", `${registry.host}/interop/tiny-llm`], work);
    expect(answer.json().error?.code).toBe("IMMUTABLE_CONFLICT");
    for (const end of ["pem", "pub"]) await rm(join(work, "model", `another-file.${end}`));
    expect(await readdir(join(work, "model"))).toHaveLength(length);
  });

  it("keeps a signature that cosign and oras find", async () => {
    ({ bundle: signature = "" } = await succeed(["sign", reference, "--key", "key.pem"], work));
    expect(await succeed(["sign", reference, "--key", "key.pem"], work)).toMatchObject({ bundle: signature });
    expect(await cosign("key.pub")).toBe(0);
    expect(await cosign("stranger.pub")).not.toBe(0);
    const { stdout } = await tool("oras", ["discover", "--plain-http", reference, "--format", "json"]);
    expect(stdout).toContain(signature);
    expect(await succeed(["verify", reference, "--key", "key.pub"], work)).toMatchObject({ verified: true });
    const refused = await slipway(["verify", reference, "--key", "stranger.pub"], work);
    expect(refused.json().error?.code).toBe("SIGNATURE_REJECTED");
  });

  it("gives the release back, byte for byte, to Slipway and to oras", async () => {
    await succeed(["pull", reference, "--target", "pulled", "--key", "key.pub"], work);
    await tool("oras", ["pull", "--plain-http", reference, "-o", join(work, "by-oras")]);
    const { stdout } = await run("diff", ["-r", join(work, "pulled"), join(work, "by-oras")], {});
    expect(stdout).toBe("");
    const [name = ""] = await readdir(join(work, "model"));
    expect(await readFile(join(work, "pulled", name))).toEqual(await readFile(join(work, "model", name)));
  });

  it("shows what lies in it", async () => {
    const answer = await slipway(["inspect", `${registry.host}/interop/tiny-llm`], work);
    expect(answer.stdout).toContain("1.0.0-default_sign-");
    const missing = await slipway(["inspect", `${registry.host}/interop/nothing:1.0.0`], work);
    expect(missing.json().error?.code).toBe("NOT_FOUND");
  });

  async function cosign(key: string): Promise<number | null> {
    const image = `${registry.host}/interop/tiny-llm@${subject}`;
    const args = ["verify", "--key", join(work, key), "--insecure-ignore-tlog", "--allow-http-registry", image];
    return (await run(peer("cosign"), args, { env: { HOME: work } })).code;
  }

  async function tool(name: string, args: readonly string[]) {
    const result = await run(peer(name), [...args], { env: { HOME: work } });
    expect(result.code, `${name} ${args.join(" ")}\n${result.stderr}`).toBe(0);
    return result;
  }
});
