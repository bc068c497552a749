import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { steps } from "../../../actions/index.ts";
import type { Digest } from "../../../src/oci/index.ts";
import { writeKeyPair } from "../../support/key-pair.ts";
import { packInto, writeFiles } from "../../support/packed-release.ts";
import { quietHost } from "../../support/quiet-host.ts";
import { expectError } from "../../support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../support/temporary.ts";

/*
 * The steps with a key that only openssl is told of, in place of a key management service.
 */

let root: Temporary;
let digest: Digest;
beforeAll(async () => {
  root = await temporaryDirectory();
  for (const name of ["hsm", "other"]) await writeKeyPair(root.at(name));
  await writeFiles(root.at("model"), { "weights.bin": "weights" });
  digest = (await packInto(root.at("store"), root.at("model"))).subject.digest;
});
afterAll(() => root[Symbol.asyncDispose]());
afterEach(() => void vi.unstubAllEnvs());

const openssl = ["openssl", "pkeyutl", "-sign", "-inkey", "hsm.pem", "-in", "{digest}"].join("\n");
const held = { "signer-command": openssl, "signer-public-key": "hsm.pub" };

async function step(name: string, texts: Readonly<Record<string, string>>) {
  const entry = steps.find(({ contract }) => contract.name === name);
  const given = { subject: `oci:store:1.0.0-jetson@${digest}`, ...texts };
  const outcome = await entry?.invoke(given, { directory: root.path, env: {} }, quietHost(root.path));
  if (outcome?.refusal !== undefined) throw outcome.refusal;
  return Object.fromEntries(outcome?.outputs.map(({ name: output, value }) => [output, value]) ?? []);
}

it("a release is signed and attested by a command, and verified with its public key", async () => {
  const signed = await step("sign", held);
  expect(await step("verify", { key: "hsm.pub" })).toMatchObject({ verified: true });
  await expectError("SIGNATURE_REJECTED", () => step("verify", { key: "other.pub" }));
  // What is there is found again, whichever way the key is reached.
  expect(await step("sign", { key: "hsm.pem" })).toEqual(signed);
  expect(await step("sign", held)).toEqual(signed);

  const runbook = { type: "runbook", uri: "https://wiki.example.com/seg", "on-call": "ml" };
  const attested = await step("attest", { ...runbook, ...held });
  expect(attested).toMatchObject({ signer: signed["signer"] });
  expect(await step("attest", { ...runbook, key: "hsm.pem" })).toEqual(attested);
});

it("commas in an argument stay, and a command sees nothing of the step's own environment", async () => {
  await mkdir(root.at("bin"), { recursive: true });
  const program = `#!/bin/sh\nenv | cut -d= -f1 > seen\nprintf '%s|' "$@" > args\nexec openssl dgst -sha256 -sign hsm.pem\n`;
  await writeFile(root.at("bin", "kms"), program, { mode: 0o755 });
  const kept = ["INPUT_KEY", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "SLIPWAY_HOST", "KEY_BEHIND_ENV"];
  for (const name of [...kept, "KMS_REGION"]) vi.stubEnv(name, "value");
  vi.stubEnv("PATH", `${root.at("bin")}${delimiter}${process.env["PATH"]}`);
  const command = `kms\n--key=a,b\nc d`;
  const text = { type: "runbook", uri: "https://wiki.example.com/env", "on-call": "ml", ...held };
  await step("attest", { ...text, "signer-command": command, "signer-env": "KMS_REGION,AWS_PROFILE" });
  expect(await readFile(root.at("args"), "utf8")).toBe("--key=a,b|c d|");
  const seen = (await readFile(root.at("seen"), "utf8")).trim().split("\n");
  expect(seen).toEqual(expect.arrayContaining(["PATH", "KMS_REGION"]));
  expect(seen.filter((name) => kept.includes(name) || /^(INPUT|GITHUB|ACTIONS|SLIPWAY|VITEST)_/.test(name))).toEqual(
    [],
  );
});

it.each<[string, string, Readonly<Record<string, string>>]>([
  ["nothing", "SIGNER_MISSING", {}],
  ["a key and a command", "SIGNER_AMBIGUOUS", { key: "hsm.pem", ...held }],
  ["a key and half of a command", "SIGNER_AMBIGUOUS", { key: "hsm.pem", "signer-env": "AWS_REGION" }],
  ["a command without its public key", "SIGNER_INCOMPLETE", { "signer-command": openssl }],
  ["a public key without a command", "SIGNER_INCOMPLETE", { "signer-public-key": "hsm.pub" }],
  ["a command that signs with another key", "SIGNER_COMMAND_WRONG", { ...held, "signer-public-key": "other.pub" }],
])("%s does not sign, and leaves nothing in the store", async (_, code, texts) => {
  const index = await readFile(root.at("store", "index.json"), "utf8");
  await expectError(code, () => step("sign", texts));
  expect(await readFile(root.at("store", "index.json"), "utf8")).toBe(index);
});
