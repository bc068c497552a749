import { chmod, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { writeKeyPair } from "../../test/support/key-pair.ts";
import { packInto, writeFiles } from "../../test/support/packed-release.ts";
import { quietHost } from "../../test/support/quiet-host.ts";
import { expectError } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { treeOf } from "../../test/support/tree.ts";
import { contract as signContract } from "../sign/contract.ts";
import { run as runSign } from "../sign/step.ts";
import { contract } from "./contract.ts";
import { cleanup, run } from "./step.ts";

let root: Temporary;
let reference: string;
beforeEach(async () => {
  root = await temporaryDirectory();
  await writeFiles(root.at("model"), { "a.bin": "a", "b/c.bin": "c" });
  const { subject } = await packInto(root.at("store"), root.at("model"));
  reference = `oci:store:1.0.0-jetson@${subject.digest}`;
  for (const name of ["key", "stranger"]) await writeKeyPair(root.at(name));
});
afterEach(() => root[Symbol.asyncDispose]());

async function sign(texts: Readonly<Record<string, string>> = {}) {
  const inputs = { subject: reference, key: "key.pem", ...texts };
  return runSign(readInputs(signContract, inputs, { directory: root.path, env: {} }), quietHost(root.path));
}

async function pull(texts: Readonly<Record<string, string>> = {}) {
  const host = quietHost(root.path);
  const inputs = { subject: reference, target: "pulled", ...texts };
  const { outputs, summary } = await run(readInputs(contract, inputs, { directory: root.path, env: {} }), host);
  return { outputs, summary, host };
}

const withOms = { oms: "true", key: "key.pub" };
const modelSig = () => readFile(root.at("pulled/model.sig"), "utf8");

describe("sign", () => {
  it("attaches one signature of the files for each key, and finds it again", async () => {
    const { outputs: first, summary } = await sign();
    expect(first["oms"]).toMatch(/^sha256:/);
    expect(first["oms"]).not.toBe(first["bundle"]);
    expect(summary.title).toMatch(/^Signed /);
    const again = await sign();
    expect(again.outputs).toEqual(first);
    expect(again.summary.title).toMatch(/^Already signed /);
    expect((await sign({ key: "stranger.pem" })).outputs["oms"]).not.toBe(first["oms"]);
    const index = await readFile(root.at("store/index.json"), "utf8");
    expect(index.match(/"1\.0\.0-jetson_oms-[0-9a-f]{8}\.test\.1"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it("adds one to a release that was signed without", async () => {
    const { outputs } = await sign({ oms: "false" });
    expect(outputs["oms"]).toBe("");
    const added = await sign();
    expect(added.summary.title).toMatch(/^Signed /);
    expect(added.outputs["oms"]).toMatch(/^sha256:/);
  });

  it("attaches no bundle where none is wanted, which would hide the older tag from cosign", async () => {
    const { outputs } = await sign({ format: "legacy" });
    expect(outputs["oms"]).toBe("");
    expect(outputs["bundle"]).toMatch(/^sha256:/);
    await expectError("OMS_MISSING", () => pull({ oms: "true" }));
    await pull({ key: "key.pub" });
  });

  it("gives its tag back when the store lost it", async () => {
    await sign();
    const path = root.at("store/index.json");
    const whole = await readFile(path, "utf8");
    await writeFile(path, whole.replace(/,"annotations":\{"[^"]*":"1\.0\.0-jetson_oms-[^"]*"\}/, ""));
    expect(await readFile(path, "utf8")).not.toBe(whole);
    await sign();
    expect(await readFile(path, "utf8")).toContain("1.0.0-jetson_oms-");
  });

  it("refuses a model with a model.sig of its own before anything is attached", async () => {
    await writeFiles(root.at("other"), { "a.bin": "a", "model.sig": "{}" });
    const { subject } = await packInto(root.at("other-store"), root.at("other"));
    const other = `oci:other-store@${subject.digest}`;
    const before = await treeOf(root.at("other-store"));
    await expectError("OMS_NAME_TAKEN", () => sign({ subject: other }));
    expect(await treeOf(root.at("other-store"))).toEqual(before);
    expect((await sign({ subject: other, oms: "false" })).outputs["oms"]).toBe("");
    await expectError("OMS_NAME_TAKEN", () => pull({ subject: other, oms: "true" }));
    await pull({ subject: other });
    expect(await modelSig()).toBe("{}");
    expect((await pull({ subject: other })).summary.title).toMatch(/^Already there/);
  });
});

describe("pull with oms", () => {
  it("writes model.sig with the files, and says who signed it", async () => {
    await sign();
    const { host, outputs } = await pull(withOms);
    expect(outputs.files).toBe(3);
    expect(JSON.parse(await modelSig())).toMatchObject({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    });
    expect(host.lines.join("\n")).toMatch(/model\.sig is signed by [0-9a-f]{64}/);
    expect((await readdir(root.path)).filter((name) => name.startsWith(".slipway-pull"))).toEqual([]);
  });

  it("says that nobody checked who signed when nobody was named", async () => {
    await sign({ key: "stranger.pem" });
    const { host } = await pull({ oms: "true" });
    expect(host.lines.join("\n")).toContain("nobody checked who signed it");
  });

  it("takes the one that is by somebody trusted", async () => {
    await sign({ key: "stranger.pem" });
    await sign();
    await pull(withOms);
    await expectError("TARGET_NOT_EMPTY", () => pull({ key: "stranger.pub" }));
    await pull({ key: "key.pub" });
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ["there is none", "OMS_MISSING", () => sign({ oms: "false" })],
    [
      "only a stranger made one",
      "OMS_REJECTED",
      async () => [await sign({ oms: "false" }), await sign({ key: "stranger.pem" })],
    ],
  ])("pulls nothing when %s", async (_, code, prepare) => {
    await prepare();
    await expectError(code, () => pull(withOms));
    expect(await readdir(root.path)).not.toContain("pulled");
  });

  it("adds model.sig to a target that holds the release, and leaves one that is there", async () => {
    await sign();
    await pull();
    const { summary, host } = await pull(withOms);
    expect(summary.title).toMatch(/^Already there/);
    const written = await modelSig();
    expect(host.state.get("staging")).toMatch(/\.slipway-pull\./);
    for (const texts of [withOms, { key: "key.pub" }, {}]) {
      const again = await pull(texts);
      expect(again.summary.title).toMatch(/^Already there/);
      expect(again.host.state.size).toBe(0);
      expect(await modelSig()).toBe(written);
    }
    expect((await readdir(root.path)).filter((name) => name.startsWith(".slipway-pull"))).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["a model.sig that is none", () => writeFile(root.at("pulled/model.sig"), "mine")],
    ["one in a directory below", () => writeFile(root.at("pulled/b/model.sig"), "mine")],
    [
      "a link to one",
      async () => [await writeFile(root.at("sig"), "mine"), await symlink("../sig", root.at("pulled/model.sig"))],
    ],
    ["one with other rights", async () => [await pull(withOms), await chmod(root.at("pulled/model.sig"), 0o755)]],
    ["a changed file", () => writeFile(root.at("pulled/a.bin"), "b")],
  ])("touches nothing when the target has %s", async (_, change) => {
    await sign();
    await pull();
    await change();
    const before = await treeOf(root.at("pulled"));
    for (const texts of [withOms, {}]) await expectError("TARGET_NOT_EMPTY", () => pull(texts));
    expect(await treeOf(root.at("pulled"))).toEqual(before);
  });

  it("what a killed one has left beside the target is removed", async () => {
    await sign();
    await pull();
    const { host } = await pull(withOms);
    const staging = host.state.get("staging") ?? "";
    await writeFile(staging, "half of it");
    await cleanup({ staging }, host);
    expect(await readdir(root.path)).not.toContain(basename(staging));
    expect(join(root.path, basename(staging))).toBe(staging);
  });
});
