import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { changed, key, parse, plain } from "./fixtures/policy-text.ts";
import { pemOf } from "./fixtures/release.ts";
import { maxPolicyBytes, parsePolicy } from "./parse-policy.ts";

describe("a policy that is wrong is refused with line and column", () => {
  const cases: readonly (readonly [code: string, text: string, message: string])[] = [
    ["POLICY_EMPTY", "# nothing\n", "1:1: there is nothing here"],
    ["POLICY_SYNTAX", changed("roles:", "roles"), "1:1: "],
    ["POLICY_DUPLICATE_KEY", `${plain}rollback: x\n`, '33:1: the key "rollback" is here a second time'],
    ["POLICY_UNSUPPORTED", `${plain}---\na: b\n`, "33:1: a second YAML document starts here"],
    ["POLICY_INVALID", "rollback: {}\n", "1:1: roles is missing"],
    ["POLICY_UNKNOWN_KEY", changed("rollback:", "rolback:"), '32:1: unknown key "rolback"; did you mean "rollback"?'],
    [
      "POLICY_UNKNOWN_KEY",
      changed("maxAge", "maxage"),
      '14:44: unknown key "maxage" in transitions.staging.gates[2].evaluation; did you mean "maxAge"?',
    ],
    [
      "POLICY_UNKNOWN_KEY",
      changed("- signature:", "- signatur:"),
      '13:9: unknown key "signatur" in transitions.staging.gates[1]; did you mean "signature"?',
    ],
    [
      "POLICY_INVALID",
      changed("- owner", "- ownr"),
      '12:9: transitions.staging.gates[0] is "ownr", which is no gate; did you mean "owner"?',
    ],
    [
      "POLICY_INVALID",
      changed("- owner", "- zzz"),
      '12:9: transitions.staging.gates[0] is "zzz", which is no gate; gates are owner, ',
    ],
    ["POLICY_INVALID", changed("- owner", "- statement"), "12:9: transitions.staging.gates[0] needs to know which"],
    [
      "POLICY_INVALID",
      changed("- owner", "- {owner: {}, lineage: {}}"),
      "12:9: transitions.staging.gates[0] names 2 gates",
    ],
    ["POLICY_INVALID", changed("- owner", "- {}"), "12:9: transitions.staging.gates[0] names no gate"],
    [
      "POLICY_INVALID",
      changed("720h", "a month"),
      "14:52: transitions.staging.gates[2].evaluation.maxAge must be a time span",
    ],
    [
      "POLICY_INVALID",
      changed("2027-06-30T00:00:00Z", "2027-02-30T00:00:00Z"),
      "20:12: waivers[0].until names a time that does not exist",
    ],
    [
      "POLICY_INVALID",
      changed('"2027-06-30T00:00:00Z"', "soon"),
      '20:12: waivers[0].until must be a time in UTC, such as 2027-01-01T00:00:00Z; found "soon"',
    ],
    [
      "POLICY_INVALID",
      changed("movers: [mlops-engineer]", "movers: []"),
      "26:13: environments.live.movers must be a list of at least one role",
    ],
    [
      "POLICY_INVALID",
      changed("apps/retina/values.yaml", "/etc/values.yaml"),
      "30:15: environments.live.pointers[0].file is absolute",
    ],
    [
      "POLICY_INVALID",
      changed("apps/retina/values.yaml", "apps/../../x"),
      '30:15: environments.live.pointers[0].file holds the component ".."',
    ],
    [
      "POLICY_INVALID",
      changed("apps/retina/values.yaml", ".git/config"),
      "30:15: environments.live.pointers[0].file lies in Git's own directory",
    ],
    ["POLICY_INVALID", changed("../gitops.git", "--upload-pack=x"), "22:22: ledger.repository begins with"],
    ["POLICY_INVALID", changed("../gitops.git", "ext::sh"), "22:22: ledger.repository begins with"],
    [
      "POLICY_INVALID",
      changed("../gitops.git}", "../gitops.git, branch: a..b}"),
      "22:45: ledger.branch is not the name of a branch",
    ],
    [
      "POLICY_INVALID",
      changed("movers:", "states: [archived]\n    movers:"),
      "26:14: environments.live.states[0] must be",
    ],
    [
      "POLICY_CONFLICT",
      changed("roles: [mlops-engineer]", "roles: [mlops-enginer]"),
      '10:13: transitions.staging.roles[0] is "mlops-enginer", which is not below roles; did you mean "mlops-engineer"?',
    ],
    [
      "POLICY_CONFLICT",
      changed("signers: [evaluator]", "signers: [evaluater]"),
      '14:32: transitions.staging.gates[2].evaluation.signers[0] is "evaluater"',
    ],
    [
      "POLICY_CONFLICT",
      changed("- scan\n", "- scan: {signers: [scanner]}\n"),
      '15:26: transitions.staging.gates[3].scan.signers[0] is "scanner", which is not below roles; roles are builder',
    ],
    [
      "POLICY_CONFLICT",
      changed("transitions:\n", "times: proven\ntransitions:\n"),
      "times is proven, and there is no trustedRoot in the policy, which says who proves times",
    ],
    [
      "POLICY_CONFLICT",
      changed("movers: [mlops-engineer]", "movers: [ops]"),
      '26:14: environments.live.movers[0] is "ops"',
    ],
    [
      "POLICY_CONFLICT",
      changed("signers: [platform-lead]\n", "signers: [constructor]\n"),
      '19:15: waivers[0].signers[0] is "constructor"',
    ],
    [
      "POLICY_CONFLICT",
      changed("predicate: privacy-review", "predicate: privacy-reviw"),
      '16:32: transitions.staging.gates[4].statement.predicate is "privacy-reviw", which is not below predicates; did you mean "privacy-review"?',
    ],
    [
      "POLICY_CONFLICT",
      changed("predicate: privacy-review", "predicate: constructor"),
      '16:32: transitions.staging.gates[4].statement.predicate is "constructor"',
    ],
    [
      "POLICY_CONFLICT",
      changed("https://example.com/privacy-review/v1", "urn:slipway:approval:v1"),
      "7:19: predicates.privacy-review is urn:slipway:approval:v1, whose content has gates of its own",
    ],
    [
      "POLICY_CONFLICT",
      changed("- scan\n", "- scan\n      - scan: {maxAge: 1h}\n"),
      '16:9: transitions.staging.gates[4] is the second gate "scan" of this transition',
    ],
    [
      "POLICY_CONFLICT",
      changed("name: privacy}", "name: runbook}"),
      '16:9: transitions.staging.gates[4] is named "runbook", as if it were that gate',
    ],
    [
      "POLICY_CONFLICT",
      changed("signers: [builder]", "signers: [builder, evaluator]"),
      '13:40: transitions.staging.gates[1].signature.signers[1] is "evaluator"; who evaluates releases may not sign them',
    ],
    [
      "POLICY_CONFLICT",
      changed("signers: [evaluator]", "signers: [builder]"),
      '14:32: transitions.staging.gates[2].evaluation.signers[0] is "builder"; who signs releases may not evaluate them',
    ],
    [
      "POLICY_CONFLICT",
      changed("gate: scan", "gate: scann"),
      '18:11: waivers[0].gate is "scann", which no transition has; did you mean "scan"?',
    ],
    [
      "POLICY_CONFLICT",
      changed("gate: scan", "gate: signature"),
      '18:11: waivers[0].gate is "signature", which nobody can waive',
    ],
    [
      "POLICY_CONFLICT",
      changed("gate: scan", "gate: advisory"),
      '18:11: waivers[0].gate is "advisory", a gate of revoked',
    ],
    [
      "POLICY_CONFLICT",
      changed(
        "      - name: retina/seg",
        "      - {name: retina/seg, variant: jetson, file: b, fields: {version: v, digest: d, uri: u}}\n      - name: retina/seg",
      ),
      "29:9: environments.live.pointers[1] is the second pointer of retina/seg jetson",
    ],
    [
      "POLICY_CONFLICT",
      changed(
        "      - name: retina/seg",
        "      - {name: a, variant: b, file: apps/retina/values.yaml, fields: {version: v, digest: model.digest, uri: u}}\n      - name: retina/seg",
      ),
      "29:9: environments.live.pointers[1] writes the field model.digest of apps/retina/values.yaml",
    ],
    [
      "POLICY_CONFLICT",
      changed(`[${key("mia")}]`, `[${key("mia")}, ${key("mia")}]`),
      'roles.mlops-engineer[1].name is "mia", as another key of mlops-engineer is named',
    ],
    [
      "POLICY_CONFLICT",
      changed(`[${key("judge")}]`, `[${key("ci")}]`),
      "3:15: roles.evaluator[0] is also a key of builder",
    ],
    [
      "POLICY_CONFLICT",
      changed(`[${key("judge")}]`, "[]"),
      "3:14: roles.evaluator has no key, and the policy needs somebody in this role",
    ],
    ["POLICY_CONFLICT", `roles: {builder: [], other: [${key("a")}]}`, "1:18: roles.builder has no key"],
    [
      "POLICY_CONFLICT",
      changed("{name: ci,", '{name: ci, from: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z",'),
      "roles.builder[0].until is 2026-01-01T00:00:00Z, not after from",
    ],
  ];

  it.each(cases)("%s %#", async (code, text, message) => {
    const error = await expectError(code, () => parse(text));
    const lines = error.details.length === 0 ? [error.message] : error.details;
    expect(
      lines.some((line) => line.startsWith("release-policy.yaml:") && line.includes(message)),
      lines.join("\n"),
    ).toBe(true);
    expect(error.family).toBe("configuration");
  });

  it("reports all conflicts in the order of the file", async () => {
    const text = changed("roles: [mlops-engineer]", "roles: [a1]").replace("gate: scan", "gate: b1");
    const { details } = await expectError("POLICY_CONFLICT", () => parse(text));
    expect(details.map((line) => line.split(":")[1])).toEqual(["10", "18"]);
  });

  it("does not quote a private key", async () => {
    const secret = pemOf("secret").replaceAll("PUBLIC", "EC PRIVATE");
    const text = changed(JSON.stringify(pemOf("ci")), JSON.stringify(secret));
    const error = await expectError("POLICY_INVALID", () => parse(text));
    expect(error.message).toContain("roles.builder[0].key holds a private key");
    expect(`${error.message}${error.details.join()}`).not.toContain(secret.split("\n")[1]);
  });

  it.each([
    ["roles.builder[0].key is not a public key in PEM", "ssh-ed25519 AAAA"],
    ["roles.builder[0].key holds 2 PEM blocks", pemOf("a") + pemOf("b")],
  ])("says that %s", async (message, pem) => {
    const error = await expectError("POLICY_INVALID", () =>
      parse(changed(JSON.stringify(pemOf("ci")), JSON.stringify(pem))),
    );
    expect(error.message).toContain(message);
  });

  it("refuses what is too large, or no text, unread", async () => {
    await expectError("POLICY_TOO_LARGE", () => parsePolicy(new Uint8Array(maxPolicyBytes + 1), "p"));
    await expectError("POLICY_SYNTAX", () => parsePolicy(Uint8Array.of(0x61, 0xff), "p"));
  });
});
