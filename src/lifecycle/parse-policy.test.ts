import { describe, expect, it } from "vitest";
import { digestOf } from "../oci/index.ts";
import { changed, key, parse, plain } from "./fixtures/policy-text.ts";
import { pemOf } from "./fixtures/release.ts";
import { policyJsonSchema } from "./policy-schema.ts";

describe("a policy that is right", () => {
  it.each(["https://in-toto.io/attestation/vulns/v0.2", "https://cyclonedx.org/bom", "https://slsa.dev/provenance/v1"])(
    "may demand that there is a statement of type %s",
    (type) => {
      const { staging } = parse(changed("https://example.com/privacy-review/v1", type)).transitions;
      expect(staging.gates).toContainEqual(expect.objectContaining({ kind: "statement", predicateType: type }));
    },
  );

  it("is read, with everything that was left out filled in", () => {
    const policy = parse(plain);
    expect(policy).toMatchObject({
      digest: digestOf(plain),
      file: "release-policy.yaml",
      ledger: { repository: "../gitops.git", branch: "main" },
      rollbackWindow: 90 * 60_000,
      waivers: [{ gate: "scan", signers: ["platform-lead"], until: new Date("2027-06-30T00:00:00Z") }],
    });
    expect([...policy.roles.keys()]).toEqual(["builder", "evaluator", "mlops-engineer", "platform-lead"]);
    expect(policy.roles.get("builder")).toEqual([
      { kind: "key", name: "ci", pem: pemOf("ci"), from: undefined, until: undefined },
    ]);
    const { staging, production, retired, archived, revoked } = policy.transitions;
    expect(staging.gates).toEqual([
      { kind: "owner", name: "owner", signers: [], against: "thresholds" },
      { kind: "signature", name: "signature", signers: ["builder"], against: "thresholds" },
      { kind: "evaluation", name: "evaluation", signers: ["evaluator"], against: "champion", maxAge: 30 * 86_400_000 },
      { kind: "scan", name: "scan", signers: ["scanner", "builder"], against: "thresholds" },
      {
        kind: "statement",
        name: "privacy",
        signers: ["platform-lead"],
        against: "thresholds",
        predicateType: "https://example.com/privacy-review/v1",
      },
    ]);
    const table = [production, retired, archived, revoked].map(({ roles, gates }) => [
      roles,
      gates.map(({ kind }) => kind),
    ]);
    expect(table).toEqual([
      [["platform-lead"], ["shadow", "rollback-plan", "runbook"]],
      [["model-owner"], ["replacement", "sunset", "migration-path", "approval"]],
      [
        ["mlops-engineer", "platform-lead"],
        ["sunset-over", "no-consumers"],
      ],
      [["security"], ["reason", "advisory"]],
    ]);
    expect(policy.environments.get("live")).toMatchObject({
      name: "live",
      states: ["production"],
      movers: ["mlops-engineer"],
      repository: "../gitops.git",
      branch: "main",
      pointers: [{ name: "retina/seg", variant: "jetson", file: "apps/retina/values.yaml", document: undefined }],
    });
  });

  it("may hold nothing but roles", () => {
    const policy = parse(`roles: {builder: [${key("ci")}]}`);
    expect(policy.transitions.staging.gates.map(({ name }) => name)).toEqual([
      "owner",
      "lineage",
      "model-card",
      "signature",
      "scan",
      "evaluation",
    ]);
    expect(policy.transitions.staging.gates.at(-1)).toMatchObject({ against: "champion", signers: ["evaluator"] });
    expect(policy).toMatchObject({ rollbackWindow: 3_600_000, waivers: [] });
    expect(policy.ledger).toBeUndefined();
    expect(policy.environments.size).toBe(0);
  });

  it("gives movers and places of production and the ledger to an environment that has none", () => {
    const { environments } = parse(changed("    movers: [mlops-engineer]\n", "    branch: live\n"));
    expect(environments.get("live")).toMatchObject({ movers: ["platform-lead"], branch: "live" });
    const own = parse(changed("    movers: [mlops-engineer]\n", "    repository: https://[::1]/apps.git\n"));
    expect(own.environments.get("live")).toMatchObject({ repository: "https://[::1]/apps.git", branch: undefined });
  });

  it("may have roles without keys when nobody waits for them, or another role will do", () => {
    const { roles } = parse(`roles: {builder: [${key("ci")}], scanner: [], later: []}`);
    expect(roles.get("scanner")).toEqual([]);
  });

  it("is read with a byte order mark, whose bytes count for the digest", () => {
    expect(parse(`\ufeff${plain}`).digest).toBe(digestOf(`\ufeff${plain}`));
  });
});

describe("the published schema", () => {
  it("knows both forms of a gate", () => {
    const schema = JSON.stringify(policyJsonSchema());
    expect(policyJsonSchema()).toMatchObject({ $id: "urn:slipway:schema:release-policy:v1", required: ["roles"] });
    expect(schema).toContain('"minProperties":1,"maxProperties":1');
    expect(schema).toContain('"enum":["owner","lineage"');
  });
});
