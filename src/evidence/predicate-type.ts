/** The predicate types that Slipway writes and judges (DESIGN 5.4). */
export const predicateType = {
  /** What `cosign sign` states: these bytes are signed, and nothing else about them. */
  cosignSignature: "https://sigstore.dev/cosign/sign/v1",
  testResult: "https://in-toto.io/attestation/test-result/v0.1",
  vulnerabilityScan: "https://in-toto.io/attestation/vulns/v0.2",
  /** The whole bill of materials; the bare URI is what cosign and Kyverno look for. */
  sbom: "https://cyclonedx.org/bom",
  provenance: "https://slsa.dev/provenance/v1",
  verificationSummary: "https://slsa.dev/verification_summary/v1",
  forms: "urn:slipway:forms:v1",
  promotion: "urn:slipway:promotion:v1",
  approval: "urn:slipway:approval:v1",
  runbook: "urn:slipway:runbook:v1",
  rollbackPlan: "urn:slipway:rollback-plan:v1",
  waiver: "urn:slipway:waiver:v1",
  pointerEvent: "urn:slipway:pointer-event:v1",
} as const;
