import { describe, expect, it } from "vitest";
import { publicKeyOf } from "../../../test/support/policy-key.ts";
import { parsePolicy } from "../../lifecycle/index.ts";
import { judgeMembers, judgePolicy, judgeRoles } from "./members.ts";

const now = new Date("2026-06-01T00:00:00Z");

interface Written {
  readonly [role: string]: readonly { readonly name: string; readonly from?: string; readonly until?: string }[];
}

const everybody = ["mlops-engineer", "platform-lead", "model-owner", "security", "builder", "evaluator"];

/** A policy with somebody in each role who may act now, but for what is said. */
function policyWith(changed: Written = {}, more: object = {}) {
  const usual: Written = Object.fromEntries(everybody.map((role) => [role, [{ name: role }]]));
  const roles = Object.entries({ ...usual, ...changed }).map(([role, members]) => [
    role,
    members.map((member) => ({ ...member, key: publicKeyOf(member.name) })),
  ]);
  const text = JSON.stringify({ roles: Object.fromEntries(roles), ...more });
  return parsePolicy(Buffer.from(text), "release-policy.yaml");
}

it("says whom a policy names", () => {
  const found = judgePolicy(policyWith());
  expect(found).toMatchObject({ check: "policy", status: "ok" });
  expect(found.seen).toMatch(/^release-policy\.yaml \(sha256:[0-9a-f]{8}…\): 6 roles, with 6 keys and 0 identities$/);
});

it.each<[string, Written, string, string]>([
  ["has all the time", {}, "ok", "30 days"],
  [
    "is over",
    { builder: [{ name: "old", until: "2026-05-01T00:00:00Z" }] },
    "warning",
    "old (builder) ended on 2026-05-01",
  ],
  [
    "ends soon",
    { builder: [{ name: "old", until: "2026-06-11T00:00:00Z" }] },
    "warning",
    "old (builder) ends on 2026-06-11",
  ],
  [
    "begins later",
    { builder: [{ name: "new", from: "2026-07-01T00:00:00Z" }] },
    "warning",
    "new (builder) begins on 2026-07-01",
  ],
  [
    "ends some day",
    { builder: [{ name: "b", from: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z" }] },
    "ok",
    "30 days",
  ],
])("a member who %s", (_, changed, status, words) => {
  const found = judgeMembers(policyWith(changed), now);
  expect(found).toMatchObject({ check: "policy members", status });
  expect(found.seen).toContain(words);
});

describe("roles", () => {
  const over = { name: "old", until: "2026-05-01T00:00:00Z" };
  it("with somebody each are enough", () => {
    expect(judgeRoles(policyWith(), now)).toMatchObject({ check: "policy roles", status: "ok" });
  });

  it.each<[string, Written, string]>([
    ["a gate", { evaluator: [over] }, "the gate evaluation of staging (evaluator)"],
    ["a promotion", { "platform-lead": [over] }, "promoting to production (platform-lead)"],
  ])("without anybody now stop %s", (_, changed, words) => {
    const found = judgeRoles(policyWith(changed), now);
    expect(found).toMatchObject({ status: "failed" });
    expect(found.seen).toContain(words);
  });

  it("of which one has somebody are enough", () => {
    // A scan is a scanner's or a builder's.
    expect(judgeRoles(policyWith({ scanner: [over] }), now).status).toBe("ok");
    // A successor is there.
    expect(judgeRoles(policyWith({ evaluator: [over, { name: "next" }] }), now).status).toBe("ok");
  });

  it("without anybody now stop a deployment", () => {
    const environments = { shop: { movers: ["mover"], pointers: [] } };
    const found = judgeRoles(
      policyWith({ mover: [over] }, { environments, ledger: { repository: "https://git.test/l" } }),
      now,
    );
    expect(found.seen).toContain("nobody may act now for deploying to shop (mover)");
  });

  it("that nobody has may wait", () => {
    const roles = { "mlops-engineer": [{ name: "m" }], builder: [{ name: "b" }], evaluator: [{ name: "e" }] };
    const keys = Object.entries(roles).map(([role, all]) => [
      role,
      all.map((one) => ({ ...one, key: publicKeyOf(one.name) })),
    ]);
    const policy = parsePolicy(Buffer.from(JSON.stringify({ roles: Object.fromEntries(keys) })), "p.yaml");
    const found = judgeRoles(policy, now);
    expect(found).toMatchObject({ status: "warning" });
    expect(found.seen).toContain("promoting to revoked (security)");
  });
});
