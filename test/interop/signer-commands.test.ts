import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { succeed } from "../support/command-line.ts";
import { peer, run } from "./peers.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";

/*
 * Keys that other programs hold: a token of PKCS#11, cosign with whatever it can reach, openssl.
 */

const pkcs11Tool = join(dirname(peer("opensc-tool")), "pkcs11-tool");
const softhsm = "/usr/lib/softhsm/libsofthsm2.so";
const token = ["--module", softhsm, "--token-label", "releases"];
const login = [...token, "--login", "--pin", "env:HSM_PIN"];
const recordNothing = ["--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false", "--yes"];

let scene: RegistryScene;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  scene = await RegistryScene.open(registries.crane);
  const { work } = scene;
  await mkdir(join(work, "tokens"));
  await writeFile(join(work, "softhsm.conf"), `directories.tokendir = ${join(work, "tokens")}\n`);
  const { PATH = "" } = process.env;
  const SOFTHSM2_CONF = join(work, "softhsm.conf");
  env = { PATH, HOME: work, SOFTHSM2_CONF, HSM_PIN: "9182736", COSIGN_PASSWORD: "correct horse" };
  await tool(
    "softhsm2-util",
    "--init-token",
    "--free",
    "--label",
    "releases",
    "--pin",
    "9182736",
    "--so-pin",
    "8273645",
  );
  const label = ["--label", "release"];
  await succeeds(pkcs11Tool, [...login, "--keypairgen", "--key-type", "EC:prime256v1", ...label, "--id", "01"]);
  await succeeds(pkcs11Tool, [...token, "--read-object", "--type=pubkey", ...label, "--output-file", "hsm.der"]);
  await succeeds("openssl", ["pkey", "-pubin", "-inform", "DER", "-in", "hsm.der", "-out", "hsm.pub"]);
  await tool("cosign", "generate-key-pair", "--output-key-prefix", "cosign");
});

afterAll(() => scene[Symbol.asyncDispose]());

const tool = (name: string, ...args: readonly string[]) => succeeds(peer(name), args);

async function succeeds(program: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(program, args, { cwd: scene.work, env });
  expect(code, stdout + stderr).toBe(0);
}

it.each<[string, string, string, () => readonly string[]]>([
  [
    "pkcs11-tool with SoftHSM",
    "hsm",
    "SOFTHSM2_CONF,HSM_PIN",
    () => [pkcs11Tool, ...login, "--sign", "--mechanism", "ECDSA", "--label", "release", "--input-file={digest}"],
  ],
  [
    "cosign sign-blob",
    "cosign",
    "COSIGN_PASSWORD",
    () => [peer("cosign"), "sign-blob", "--key=cosign.key", ...recordNothing, "{payload}"],
  ],
  ["openssl pkeyutl", "key", "", () => ["openssl", "pkeyutl", "-sign", "-inkey", "key.pem", "-in", "{digest}"]],
])("%s signs, and cosign and Slipway accept it", async (_, key, names, command) => {
  const { reference, image } = await scene.release(`commands/${key}`);
  const given = ["--signer-command", command().join("\n"), "--signer-public-key", `${key}.pub`, "--signer-env", names];
  await succeed(["sign", reference, ...given], scene.work, { env });
  expect([await scene.cosignAccepts(image, key), await scene.cosignAccepts(image, "stranger")]).toEqual([true, false]);
  expect(await scene.slipway("verify", reference, "--key", `${key}.pub`)).toMatchObject({ verified: true });
});

it("a token that refuses the PIN is quoted without it", async () => {
  const { reference } = await scene.release("commands/refused");
  const command = [pkcs11Tool, ...login, "--sign", "--mechanism", "ECDSA", "--label", "release"].join("\n");
  const given = [
    "--signer-command",
    command,
    "--signer-public-key",
    "hsm.pub",
    "--signer-env",
    "SOFTHSM2_CONF,HSM_PIN",
  ];
  const wrong = { ...env, HSM_PIN: "5647382" };
  const error: unknown = await succeed(["sign", reference, ...given], scene.work, { env: wrong }).catch(
    (thrown) => thrown,
  );
  expect(String(error)).toContain("SIGNER_COMMAND_FAILED");
  expect(String(error)).toContain("CKR_PIN_INCORRECT");
  expect(String(error)).not.toContain("5647382");
});
