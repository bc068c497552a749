import { mkdir, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { keyOf, Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { digestOf } from "../oci/index.ts";
import { readPolicy } from "./read-policy.ts";

it("gives the policy, who is trusted, and the very bytes that its digest is of", async () => {
  await using root = await temporaryDirectory();
  const { inForce } = await Scene.open();
  const padded = Buffer.concat([inForce.bytes, Buffer.from("\n\n# the end\n")]);
  await writeFile(root.at("release-policy.yaml"), padded);
  const { policy, trust, bytes } = await readPolicy(root.at("release-policy.yaml"));
  expect(Buffer.from(bytes)).toEqual(padded);
  expect(policy).toMatchObject({ digest: digestOf(padded), file: "release-policy.yaml" });
  expect(trust.signerOf(keyOf("lena").signatory)).toMatchObject({ name: "lena", roles: ["platform-lead"] });
});

it.each([
  ["that is not there", "POLICY_UNREADABLE", async () => {}],
  ["that is a directory", "POLICY_UNREADABLE", (path: string) => mkdir(path)],
  ["that is empty", "POLICY_EMPTY", (path: string) => writeFile(path, "")],
  ["that is no policy", "POLICY_INVALID", (path: string) => writeFile(path, "roles: 7\n")],
  ["of more than 256 KiB", "POLICY_TOO_LARGE", (path: string) => writeFile(path, "#".repeat(256 * 1024 + 1))],
] as const)("refuses a file %s", async (_, code, prepare) => {
  await using root = await temporaryDirectory();
  await prepare(root.at("release-policy.yaml"));
  const { message } = await expectError(code, () => readPolicy(root.at("release-policy.yaml")));
  expect(message).toContain("release-policy.yaml");
});

it("reads no more of an endless file than a policy may have", async () => {
  await expectError("POLICY_TOO_LARGE", () => readPolicy("/dev/zero"));
});
