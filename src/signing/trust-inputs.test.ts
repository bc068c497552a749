import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeKeyPair } from "../../test/support/key-pair.ts";
import { expectError } from "../../test/support/refusal.ts";
import { makeSigstore } from "../../test/support/sigstore/index.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { readInputs } from "../contract/index.ts";
import { openTrust, trustInputs } from "./trust-inputs.ts";

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
  await writeKeyPair(root.at("ci"));
  await writeFile(root.at("root.json"), JSON.stringify(makeSigstore().trustedRoot()));
});
afterAll(() => root[Symbol.asyncDispose]());

function trust(texts: Readonly<Record<string, string>>) {
  const inputs = readInputs({ name: "verify", inputs: trustInputs }, texts, { directory: root.path, env: {} });
  return openTrust(inputs, root.path);
}

const identity = { "certificate-identity": "https://ci.test/release.yml", "certificate-issuer": "https://issuer.test" };

describe("trust", () => {
  it.each([
    ["nobody", {}, undefined],
    ["a key", { key: "ci.pub" }, [1, 0, false]],
    ["a key whose timestamps count", { key: "ci.pub", "trusted-root": "root.json" }, [1, 0, true]],
    ["an identity", { ...identity, "trusted-root": "root.json" }, [0, 1, true]],
    ["either", { ...identity, "trusted-root": "root.json", key: "ci.pub" }, [1, 1, true]],
  ])("in %s", async (_, texts, expected) => {
    const given = await trust(texts);
    expect(given && [given.keys.length, given.identities.length, given.root !== undefined]).toEqual(expected);
  });

  it.each([
    ["a root alone", { "trusted-root": "root.json" }],
    ["an identity of whatever issuer", { "trusted-root": "root.json", "certificate-identity": "a" }],
    ["an issuer, and anybody", { "trusted-root": "root.json", "certificate-issuer": "https://issuer.test" }],
    ["an identity without authorities", { ...identity, key: "ci.pub" }],
  ])("is not complete with %s", async (_, texts) => {
    await expectError("TRUST_INCOMPLETE", () => trust(texts));
  });

  it("in a root that is none is refused with its place", async () => {
    await writeFile(root.at("none.json"), "{}");
    const { message } = await expectError("TRUSTED_ROOT_INVALID", () =>
      trust({ ...identity, "trusted-root": "none.json" }),
    );
    expect(message).toContain("none.json");
  });
});
