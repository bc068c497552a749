import { describe, expect, it } from "vitest";
import { verifiedReport } from "../../test/support/verify-report.ts";
import { verifyReportJsonSchema, verifyReportSchema } from "./index.ts";

describe("the report of verify", () => {
  it("takes a report of a release that may be deployed, and one of a release that may not", () => {
    const accepted = verifiedReport();
    expect(verifyReportSchema.parse(accepted)).toEqual(accepted);
    const refusal = { code: "STATE_NOT_PERMITTED", message: "it is staging", remedy: "Promote it." };
    const refused = verifiedReport({ verified: false, refusal, state: "staging" });
    expect(verifyReportSchema.parse(refused)).toEqual(refused);
    const unread = verifiedReport({ purpose: null, environment: null, state: null, policy: null, rules: [] });
    expect(verifyReportSchema.parse(unread)).toEqual(unread);
  });

  it.each([
    ["another version", { schema: "urn:slipway:verify-report:v2" }],
    ["a member more", { trusted: true }],
    ["a state that there is not", { state: "approved" }],
    ["a time without a zone", { at: "2026-11-21T10:00:00" }],
    ["a verdict that is a text", { verified: "true" }],
    ["a policy without a digest", { policy: { file: "release-policy.yaml" } }],
    ["a size that is none", { content: { files: -1, bytes: 0 } }],
  ])("refuses %s", (_, wrong) => {
    expect(verifyReportSchema.safeParse({ ...verifiedReport(), ...wrong }).success).toBe(false);
  });

  it("is published with every member required, but for those of an identity", () => {
    const schema = verifyReportJsonSchema();
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "urn:slipway:schema:verify-report:v1",
      required: Object.keys(verifiedReport()),
      additionalProperties: false,
    });
  });
});
