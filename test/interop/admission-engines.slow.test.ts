import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdmissionScene, type Attached, type Person } from "./support/admission-scene.ts";

/*
 * The policies that `slipway admission` writes, in the hands of Kyverno's command line and policy-controller's tester:
 * a release in form C, in a real registry over plain HTTP on loopback, with what Slipway and cosign attached to it.
 */

let scene: AdmissionScene;

beforeAll(async () => {
  scene = await AdmissionScene.open();
});

afterAll(() => scene[Symbol.asyncDispose]());

const signed = (by: Person = "builder"): Attached => ({ kind: "signature", by });
const passed = (by: Person = "lead", stage = "production"): Attached => ({
  kind: "summary",
  by,
  stage,
  result: "PASSED",
});
const failed: Attached = { kind: "summary", by: "lead", stage: "production", result: "FAILED" };

describe("a release that is signed and was promoted", () => {
  it("is accepted by both engines, as a volume and as a container", async () => {
    const { image } = await scene.release([signed(), passed()]);
    expect(await scene.kyverno(image)).toEqual({ accepted: true, why: {} });
    expect(await scene.kyverno(image, "container")).toEqual({ accepted: true, why: {} });
    expect(await scene.policyController(image)).toEqual({ accepted: true, why: {} });
  });

  it.each<[string, Pick<Attached, "storage" | "writer">]>([
    ["by Slipway in the older storage alone", { storage: "legacy" }],
    ["by cosign", { writer: "cosign" }],
  ])("is accepted when it was signed %s", async (_, how) => {
    const { image } = await scene.release([
      { ...signed(), ...how },
      { ...passed(), ...how },
    ]);
    expect(await scene.kyverno(image)).toEqual({ accepted: true, why: {} });
    expect(await scene.policyController(image)).toEqual({ accepted: true, why: {} });
  });

  it("is accepted by any of several keys of a role", async () => {
    const { image } = await scene.release([signed("second-builder"), failed, passed("second-lead")]);
    expect(await scene.kyverno(image)).toEqual({ accepted: true, why: {} });
    expect(await scene.policyController(image)).toEqual({ accepted: true, why: {} });
  });

  it("is accepted with what others attached to it, what it was before, and the same in bundles", async () => {
    const { image } = await scene.release([
      signed("stranger"),
      { ...signed(), storage: "bundle" },
      signed(),
      passed("engineer", "staging"),
      { ...passed(), storage: "bundle" },
      passed("stranger"),
      passed(),
    ]);
    expect(await scene.kyverno(image)).toEqual({ accepted: true, why: {} });
    expect(await scene.policyController(image)).toEqual({ accepted: true, why: {} });
  });

  it("is refused by its tag to Kyverno; policy-controller judges what the tag names", async () => {
    const { tagged } = await scene.release([signed(), passed()]);
    const { accepted, why } = await scene.kyverno(tagged);
    expect(accepted).toBe(false);
    expect(why).toEqual({
      signed: expect.stringContaining("missing digest"),
      promoted: expect.stringContaining("missing digest"),
    });
    expect((await scene.policyController(tagged)).accepted).toBe(true);
  });
});

describe("refused by both engines is a release", () => {
  it.each<[string, readonly Attached[], readonly string[]]>([
    ["with nothing attached", [], ["promoted", "signed"]],
    ["that is not signed", [passed()], ["signed"]],
    ["that a stranger signed", [signed("stranger"), passed()], ["signed"]],
    ["that the lead signed, who promotes", [signed("lead"), passed()], ["signed"]],
    ["that an evaluator signed", [signed("evaluator"), passed()], ["signed"]],
    ["that nobody promoted", [signed()], ["promoted"]],
    ["that was found wanting", [signed(), failed], ["promoted"]],
    ["that was promoted to staging, by the lead", [signed(), passed("lead", "staging")], ["promoted"]],
    ["that was retired", [signed(), passed("lead", "retired")], ["promoted"]],
    ["that an engineer promoted", [signed(), passed("engineer")], ["promoted"]],
    ["that its builder promoted", [signed(), passed("builder")], ["promoted"]],
    ["that a stranger promoted", [signed(), passed("stranger")], ["promoted"]],
    [
      "whose signature lies in a bundle only",
      [{ kind: "signature", by: "builder", storage: "bundle" }, passed()],
      ["signed"],
    ],
    [
      "whose promotion lies in a bundle only",
      [signed(), { kind: "summary", by: "lead", stage: "production", result: "PASSED", storage: "bundle" }],
      ["promoted"],
    ],
  ])("%s", async (_, attached, rules) => {
    const { image, tagged } = await scene.release(attached);
    const { accepted, why } = await scene.kyverno(image);
    expect({ accepted, rules: Object.keys(why).sort() }).toEqual({ accepted: false, rules });
    expect((await scene.kyverno(image, "container")).accepted).toBe(false);
    const verdict = await scene.policyController(image);
    expect(verdict.accepted).toBe(false);
    expect(verdict.why["image"]).toMatch(rules.includes("signed") ? /signature|signed/i : /attestation|summary/i);
    expect((await scene.policyController(tagged)).accepted).toBe(false);
  });
});

describe("where the engines differ", () => {
  it("Kyverno refuses what the same key promoted and found wanting, policy-controller takes the better", async () => {
    const { image } = await scene.release([signed(), failed, passed()]);
    expect(await scene.kyverno(image)).toMatchObject({ accepted: false, why: { promoted: expect.any(String) } });
    expect((await scene.policyController(image)).accepted).toBe(true);
  });

  it("and what the same key promoted to two stages, as the file warns where that may be", async () => {
    const { image } = await scene.release([signed(), passed("lead", "staging"), passed()]);
    expect(await scene.kyverno(image)).toMatchObject({ accepted: false, why: { promoted: expect.any(String) } });
    expect((await scene.policyController(image)).accepted).toBe(true);
  });
});

it("an image that no policy covers is not accepted by policy-controller's tester, and not judged by Kyverno", async () => {
  const image = `${scene.host}/elsewhere/model@sha256:${"0".repeat(64)}`;
  expect((await scene.policyController(image)).why["image"]).toContain("is uncovered by policy");
  await expect(scene.kyverno(image)).rejects.toThrow("Kyverno judged nothing");
});
