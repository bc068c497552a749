import { describe, expect, it } from "vitest";
import { privateKeyOf, publicKeyOf } from "../../../test/support/policy-key.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { parsePolicy } from "../../lifecycle/index.ts";
import { keySigner, readSigningKey, type Signatory } from "../../signing/index.ts";
import { trustOf } from "../trust.ts";
import { judgeTimes } from "./proven-times.ts";
import { judgeRole } from "./signer-role.ts";

const now = new Date("2026-06-01T00:00:00Z");
const key = (name: string, more: object = {}) => ({ name, key: publicKeyOf(name), ...more });
const holder = (name: string) => keySigner(readSigningKey(Buffer.from(privateKeyOf(name)), undefined, name)).signatory;

function judge(signatories: readonly Signatory[], roles: object, more: object = {}) {
  const gates = { roles: ["lead"], gates: ["owner"] };
  const transitions = { staging: gates, production: gates, retired: gates, archived: gates, revoked: gates };
  const text = JSON.stringify({ roles: { lead: [key("lead")], ...roles }, transitions, ...more });
  const policy = parsePolicy(Buffer.from(text), "release-policy.yaml");
  return judgeRole(signatories, policy, trustOf(policy), now);
}

describe("the holder of a key", () => {
  it.each<[string, object, string, string]>([
    ["of one role", { builder: [key("ci")] }, "ok", "knows the signer as ci, in the role builder"],
    ["of two roles", { builder: [key("ci")], scanner: [key("ci")] }, "ok", "in the roles builder, scanner"],
    ["for a time", { builder: [key("ci", { until: "2027-01-01T00:00:00Z" })] }, "ok", "until 2027-01-01"],
    ["for a short time", { builder: [key("ci", { until: "2026-06-20T00:00:00Z" })] }, "warning", "until 2026-06-20"],
    ["who was", { builder: [key("ci", { until: "2026-06-01T00:00:00Z" })] }, "failed", "was valid only until"],
    ["who will be", { builder: [key("ci", { from: "2026-06-02T00:00:00Z" })] }, "failed", "is valid only from"],
    [
      "whom nobody knows",
      { builder: [key("cd")] },
      "failed",
      "none of those in release-policy.yaml (lead: lead, cd: builder)",
    ],
  ])("%s", (_, roles, status, words) => {
    const found = judge([holder("ci")], roles);
    expect(found).toMatchObject({ check: "signer's role", status });
    expect(found.seen).toContain(words);
    expect(found.advice === undefined).toBe(status === "ok");
  });
});

describe("whom a certificate will name", () => {
  const issuer = "https://token.actions.githubusercontent.com";
  const subject = "https://github.com/acme/models/.github/workflows/release.yml@refs/heads/main";
  const identity = { kind: "identity", fingerprint: "ab", issuer, subject } as const;
  const trustedRoot = makeSigstore(now).trustedRoot();
  const judgeIdentity = (claims: Extract<Signatory, { kind: "identity" }>["claims"], pattern: object) =>
    judge(
      [
        { ...identity, subject: "https://elsewhere.test/x", claims },
        { ...identity, claims },
      ],
      { builder: [{ name: "ci", identity: pattern }] },
      { trustedRoot },
    );

  it.each([
    ["is meant", { issuer, subject }, "ok", "as ci, in the role builder"],
    ["is meant by a pattern", { issuer, subject: subject.replace("release", "*") }, "ok", "as ci"],
    ["has the environment", { issuer, subject, environment: "production" }, "ok", "as ci"],
    [
      "lacks the environment",
      { issuer, subject, environment: "staging" },
      "warning",
      "would be ci with environment staging",
    ],
    ["lacks a claim", { issuer, subject, ref: "refs/heads/main" }, "warning", "would be ci with ref refs/heads/main"],
    ["is of another branch", { issuer, subject: `${subject}s` }, "warning", `(ci: ${subject}s)`],
    [
      "is of another issuer",
      { issuer: "https://other.test", subject },
      "warning",
      `no identity of the issuer ${issuer}`,
    ],
  ])("%s", (_, pattern, status, words) => {
    const found = judgeIdentity({ environment: "production" }, pattern);
    expect(found).toMatchObject({ check: "signer's role", status });
    expect(found.seen).toContain(words);
  });
});

it("who is not known cannot be looked up", () => {
  expect(judge([], { builder: [key("ci")] })).toMatchObject({ check: "signer's role", status: "unknown" });
});

describe("a policy that wants proven times", () => {
  const roles = {
    builder: [key("ci")],
    evaluator: [key("judge")],
    "mlops-engineer": [key("m")],
    "platform-lead": [key("l")],
  };
  const read = (more: object) => parsePolicy(Buffer.from(JSON.stringify({ roles, ...more })), "p.yaml");
  const proven = read({ times: "proven", trustedRoot: makeSigstore(now).trustedRoot() });
  const services = { fulcio: false, rekor: undefined, timestamps: false } as const;
  it.each([
    [services, "failed"],
    [{ ...services, rekor: 2 }, "failed"],
    [{ ...services, rekor: 1 }, "ok"],
    [{ ...services, timestamps: true }, "ok"],
  ] as const)("finds %j %s", (given, status) => {
    expect(judgeTimes(proven, given)?.status).toBe(status);
  });

  it("is one that says so", () => {
    expect(judgeTimes(read({}), services)).toBeUndefined();
  });
});
