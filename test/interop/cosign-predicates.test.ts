import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wholePredicates } from "../../src/evidence/fixtures/predicates.ts";
import { predicateType } from "../../src/evidence/index.ts";
import { registries } from "./support/registries.ts";
import { RegistryScene } from "./support/registry-scene.ts";

/*
 * The standard predicates that Slipway attaches, as cosign finds and verifies them: by the names that it has for them.
 */

let scene: RegistryScene;
beforeAll(async () => {
  scene = await RegistryScene.open(registries["distribution 3"]);
});
afterAll(() => scene[Symbol.asyncDispose]());

const verify = ["verify-attestation", "--insecure-ignore-tlog", "--allow-http-registry"];

describe("what cosign verifies", () => {
  it.each([
    ["scan", "vulnerabilityScan", predicateType.vulnerabilityScan],
    ["sbom", "sbom", "cyclonedx"],
    ["provenance", "provenance", "slsaprovenance1"],
  ] as const)("of a statement of type %s is the predicate that was given", async (type, kind, name) => {
    const { reference, image } = await scene.release(`cosign/${type}`);
    await writeFile(join(scene.work, `${type}.json`), JSON.stringify(wholePredicates[kind]));
    await scene.slipway("attest", reference, "--type", type, "--predicate", `${type}.json`, "--key", "key.pem");
    const printed = await scene.tool("cosign", ...verify, "--type", name, "--key", "key.pub", image);
    expect(statementIn(printed)).toMatchObject({
      predicateType: predicateType[kind],
      predicate: wholePredicates[kind],
    });
    const stranger = await scene.attempt("cosign", ...verify, "--type", name, "--key", "stranger.pub", image);
    expect(stranger.code).not.toBe(0);
  });

  it("of provenance that Slipway made is what it was made from", async () => {
    const { reference, image } = await scene.release("cosign/made");
    await scene.slipway("attest", reference, "--type", "provenance", "--key", "key.pem");
    const printed = await scene.tool("cosign", ...verify, "--type", "slsaprovenance1", "--key", "key.pub", image);
    expect(statementIn(printed)).toMatchObject({
      predicate: {
        buildDefinition: { buildType: "urn:slipway:buildtype:package:v1" },
        runDetails: { builder: { id: "urn:slipway:builder:cli" } },
      },
    });
  });
});

/** The statement in the DSSE envelope, or the bundle with one, that cosign prints. */
function statementIn(printed: string): unknown {
  const { payload, dsseEnvelope }: { payload?: string; dsseEnvelope?: { payload?: string } } = JSON.parse(printed);
  return JSON.parse(Buffer.from(payload ?? dsseEnvelope?.payload ?? "", "base64").toString("utf8"));
}
