import type { VerifyReport } from "../../src/report/index.ts";

const digest = (character: string) => `sha256:${character.repeat(64)}`;

/** The report of a release in production that may be deployed there, now; `more` changes what it says. */
export function verifiedReport(more: Partial<VerifyReport> = {}): VerifyReport {
  const signer: VerifyReport["signature"]["signer"] = {
    kind: "key",
    id: "c".repeat(64),
    name: "ci",
    roles: ["builder"],
  };
  return {
    schema: "urn:slipway:verify-report:v1",
    verified: true,
    at: new Date().toISOString(),
    purpose: "deploy",
    environment: "production",
    release: {
      name: "retina/seg",
      version: "2.4.1",
      variant: "jetson",
      subject: digest("a"),
      reference: `oci:out/store/seg@${digest("a")}`,
    },
    state: "production",
    policy: { file: "release-policy.yaml", digest: digest("b") },
    refusal: null,
    signature: { accepted: true, signer },
    candidates: [
      {
        holder: digest("d"),
        storage: "bundle",
        predicateType: "https://sigstore.dev/cosign/sign/v1",
        statement: digest("e"),
        accepted: true,
        code: null,
        why: null,
        signer,
        time: { at: "2026-11-21T10:00:00Z", proven: true, by: "a timestamp authority" },
        checks: [{ name: "signature", ok: true, finding: "holds" }],
      },
    ],
    rules: [{ rule: "state", ok: true, warning: false, finding: "it is production" }],
    content: { files: 10, bytes: 7_390_564 },
    ...more,
  };
}
