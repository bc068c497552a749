import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { expectError } from "../../test/support/refusal.ts";
import { contract } from "./contract.ts";
import { requestOf } from "./request.ts";

const digest = `sha256:${"b".repeat(64)}`;
const other = `oci:store:1.1.0-jetson@${digest}`;
const retirement = { replacement: other, sunset: "2027-03-31", migration: "Ask for 1.1.0" };

function request(to: string, texts: Readonly<Record<string, string>>) {
  const given = { subject: `oci:store:1.0.0-jetson@sha256:${"a".repeat(64)}`, to, ...texts };
  return requestOf(readInputs(contract, given, { directory: "/work", env: {} }));
}

describe("a request", () => {
  it("is for a state, with what was said", () => {
    expect(request("revoked", { reason: "Wrong data", advisory: "ADV-1" })).toEqual({
      to: "revoked",
      reason: "Wrong data",
      advisory: "ADV-1",
      retirement: undefined,
    });
    expect(request("staging", {})).toEqual({
      to: "staging",
      reason: undefined,
      advisory: undefined,
      retirement: undefined,
    });
  });

  it.each([
    ["2027-03-31", "2027-03-31T23:59:59.000Z"],
    ["2027-03-31T12:00:00Z", "2027-03-31T12:00:00.000Z"],
    ["2027-03-31T12:00:00+02:00", "2027-03-31T10:00:00.000Z"],
  ])("retires until %s", (sunset, end) => {
    expect(request("retired", { ...retirement, sunset }).retirement).toEqual({
      replacement: digest,
      sunset: new Date(end),
      migration: "Ask for 1.1.0",
    });
  });

  it.each([
    ["without a replacement", "retired", "RETIREMENT_INVALID", { replacement: "" }],
    ["without a sunset", "retired", "RETIREMENT_INVALID", { sunset: "" }],
    ["without a migration path", "retired", "RETIREMENT_INVALID", { migration: "" }],
    ["with only one of them", "retired", "RETIREMENT_INVALID", { replacement: "", sunset: "" }],
    ["of a release that goes to production", "production", "RETIREMENT_INVALID", {}],
    ["on no day", "retired", "RETIREMENT_INVALID", { sunset: "soon" }],
    ["on a day that does not exist", "retired", "RETIREMENT_INVALID", { sunset: "2027-13-01" }],
    ["for a replacement without a digest", "retired", "DIGEST_REQUIRED", { replacement: "oci:store:1.1.0-jetson" }],
  ])("is no retirement %s", async (_, to, code, texts) => {
    await expectError(code, () => request(to, { ...retirement, ...texts }));
  });

  it("without any of them is refused later, by its gates", () => {
    expect(request("retired", {}).retirement).toBeUndefined();
  });
});
