import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { now, trustedRoot } from "./fixtures/request.ts";
import { readTrustedRoot } from "./trust-root.ts";

const rawBytes = Buffer.from("other").toString("base64");
const ended = { start: "2025-01-01T00:00:00Z", end: "2026-01-01T00:00:00Z" };

describe("a trusted root", () => {
  it("becomes chains and keys in PEM", () => {
    const { certificateAuthorities, tLogs } = readTrustedRoot(trustedRoot(), now);
    const chain = Buffer.from(certificateAuthorities[0]?.certChain ?? "", "base64").toString();
    expect(chain.match(/-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n/g)).toHaveLength(2);
    expect(Buffer.from(tLogs[0]?.publicKey ?? "", "base64").toString()).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  });

  it("loses what has ended, because a TrustRoot knows no end", () => {
    const gone = { baseUrl: "https://old.example", publicKey: { rawBytes, validFor: ended } };
    const { tLogs, ended: left } = readTrustedRoot(trustedRoot({ tlogs: [gone] }), now);
    expect(tLogs).toEqual([]);
    expect(left).toEqual(["https://old.example"]);
  });

  it("without names gets some, which the resource demands", () => {
    const nameless = { certChain: { certificates: [{ rawBytes }] } };
    expect(
      readTrustedRoot(trustedRoot({ certificateAuthorities: [nameless] }), now).certificateAuthorities,
    ).toMatchObject([{ subject: { organization: "unnamed", commonName: "unnamed" }, uri: "https://unnamed.invalid" }]);
  });

  it.each<[string, unknown]>([
    ["a text", "trusted"],
    ["nothing", {}],
    ["a bundle", trustedRoot({ mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json" })],
    ["no authority", trustedRoot({ certificateAuthorities: [] })],
    [
      "an authority of the past",
      trustedRoot({ certificateAuthorities: [{ certChain: { certificates: [{ rawBytes }] }, validFor: ended }] }),
    ],
    ["an empty chain", trustedRoot({ certificateAuthorities: [{ certChain: { certificates: [] } }] })],
    [
      "a key that is no base64",
      trustedRoot({ tlogs: [{ baseUrl: "https://a.example", publicKey: { rawBytes: "-----" } }] }),
    ],
    ["nothing that says a time", trustedRoot({ timestampAuthorities: [] })],
  ])("that is %s cannot be handed on", async (_, root) => {
    await expectError("ADMISSION_ROOT_UNUSABLE", () => readTrustedRoot(root, now));
  });
});
