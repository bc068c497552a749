import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { generateTinyLlm } from "../../../action-fixtures/index.ts";
import { slipway, succeed } from "../../support/command-line.ts";
import { writeKeyPair } from "../../support/key-pair.ts";
import { writeModelYaml } from "../../support/model-yaml.ts";
import { peer, run } from "../peers.ts";
import type { RunningRegistry } from "./registries.ts";

/** A release of the scene's model in one place. */
export interface PackedRelease {
  /** With tag and digest. */
  readonly reference: string;
  /** Without tag, as cosign wants it. */
  readonly image: string;
  readonly subject: string;
}

/** The tag of every release here. */
export const tag = "1.0.0-default";

const inspected = z.object({
  summary: z.object({ tables: z.array(z.object({ title: z.string(), rows: z.array(z.array(z.string())) })) }),
});
const discovered = z.object({ referrers: z.array(z.object({ digest: z.string() })).nullish() });

/** A running registry; beside it a folder with a small model, the key pairs `key` and `stranger`, and every tool. */
export class RegistryScene implements AsyncDisposable {
  readonly host: string;
  readonly work: string;
  readonly #registry: RunningRegistry;

  private constructor(work: string, registry: RunningRegistry) {
    this.work = work;
    this.host = registry.host;
    this.#registry = registry;
  }

  static async open(start: (directory: string) => Promise<RunningRegistry>): Promise<RegistryScene> {
    const work = await mkdtemp(join(tmpdir(), "slipway-registry-"));
    await mkdir(join(work, "registry"));
    await generateTinyLlm(join(work, "model"), { version: "1.0.0" });
    await writeModelYaml(work, { name: "interop/tiny-llm", version: "1.0.0" });
    for (const name of ["key", "stranger"]) await writeKeyPair(join(work, name));
    return new RegistryScene(work, await start(join(work, "registry")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#registry[Symbol.asyncDispose]();
    await rm(this.work, { recursive: true, force: true });
  }

  /** Packages the model into a repository of the registry. */
  async release(repository: string): Promise<PackedRelease> {
    const store = `${this.host}/${repository}`;
    const { reference = "", subject = "" } = await this.slipway("package", "model.yaml", "--store", store);
    return { reference, subject, image: `${store}@${subject}` };
  }

  /** Signs, and gives the digests of what was attached: the signature, and that of the files. */
  async sign(reference: string, key = "key"): Promise<readonly [string, string]> {
    const { bundle = "", oms = "" } = await this.slipway("sign", reference, "--key", `${key}.pem`);
    return [bundle, oms];
  }

  /** Outputs of a step that must succeed. */
  slipway(...args: readonly string[]): Promise<Record<string, string>> {
    return succeed(args, this.work);
  }

  /** The code of a step that must be refused. */
  async refusal(...args: readonly string[]): Promise<string> {
    const answer = await slipway(args, this.work);
    if (answer.code === 0) throw new Error(`slipway ${args.join(" ")} was expected to be refused`);
    return answer.json().error?.code ?? "";
  }

  /** What a tool that must succeed printed. */
  async tool(name: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(name, ...args);
    if (code !== 0) throw new Error(`${name} ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  attempt(name: string, ...args: readonly string[]) {
    return run(peer(name), args, { cwd: this.work, env: { HOME: this.work, COSIGN_PASSWORD: "" } });
  }

  /** Throws unless two folders hold the same files. */
  async expectSame(found: string, expected: string): Promise<void> {
    const { code, stdout } = await run("diff", ["-r", expected, found], { cwd: this.work });
    if (code !== 0) throw new Error(stdout);
  }

  /** Whether cosign accepts what is attached as a signature by a key. */
  async cosignAccepts(image: string, key: string): Promise<boolean> {
    const args = ["--key", `${key}.pub`, "--insecure-ignore-tlog", "--allow-http-registry", image];
    return (await this.attempt("cosign", "verify", ...args)).code === 0;
  }

  /** Lets cosign sign or attest with our own key and no service on the network. */
  async byCosign(command: "sign" | "attest", image: string, ...args: readonly string[]): Promise<void> {
    await this.tool("cosign", "import-key-pair", "--key", "key.pem", "--output-key-prefix", "cosign", "--yes");
    await this.tool("cosign", command, "--key", "cosign.key", "--allow-http-registry", "--yes", ...args, image);
  }

  /** Flags that make cosign write a bundle and ask nobody: no log, no timestamp authority, not what the world trusts. */
  async withoutServices(): Promise<readonly string[]> {
    const kinds = { "signing-config": "signingconfig.v0.2+json", "trusted-root": "trustedroot+json;version=0.1" };
    for (const [name, kind] of Object.entries(kinds)) {
      const mediaType = `application/vnd.dev.sigstore.${kind}`;
      await writeFile(join(this.work, `${name}.json`), JSON.stringify({ mediaType }));
    }
    return Object.keys(kinds).map((name) => `--${name}=${name}.json`);
  }

  /** What `slipway inspect` lists as attached: kind by digest. */
  async attached(reference: string): Promise<ReadonlyMap<string, string>> {
    const { stdout } = await slipway(["inspect", reference], this.work);
    const { tables } = inspected.parse(JSON.parse(stdout)).summary;
    const rows = tables.find(({ title }) => title === "Attached")?.rows ?? [];
    return new Map(rows.map(([kind = "", , digest = ""]) => [digest, kind]));
  }

  /** The digests that `oras discover` lists, in order of digest. */
  async discovered(reference: string): Promise<readonly string[]> {
    const stdout = await this.tool("oras", "discover", "--plain-http", reference, "--format", "json");
    const { referrers } = discovered.parse(JSON.parse(stdout));
    return (referrers ?? []).map(({ digest }) => digest).sort();
  }
}
