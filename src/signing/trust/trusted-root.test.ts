import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { parseTrustedRoot, readTrustedRoot } from "./trusted-root.ts";

const written = makeSigstore().trustedRoot();
const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const changed = (from: RegExp | string, to: string) => JSON.stringify(written).replace(from, to);

it("is read with all that it names", () => {
  const root = parseTrustedRoot(bytes(written), "root.json");
  expect(
    [root.certificateAuthorities, root.timestampAuthorities, root.tlogs, root.ctlogs].map(({ length }) => length),
  ).toEqual([1, 1, 1, 0]);
});

it.each([
  "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
  "application/vnd.dev.sigstore.trustedroot.v0.1+json",
  "application/vnd.dev.sigstore.trustedroot.v0.2+json",
])("may be of type %s", (mediaType) => {
  expect(readTrustedRoot({ ...written, mediaType }, "root.json").tlogs).toHaveLength(1);
});

describe("is refused when it", () => {
  it.each<[string, unknown]>([
    ["is empty", ""],
    ["is no JSON", "-----BEGIN CERTIFICATE-----"],
    ["is no object", "[]"],
    ["is null", "null"],
    ["has no media type", { ...written, mediaType: undefined }],
    ["is a bundle", { ...written, mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json" }],
    ["is of a later version", { ...written, mediaType: "application/vnd.dev.sigstore.trustedroot.v0.9+json" }],
    ["has a member twice", changed('"tlogs":', '"tlogs":[],"tlogs":')],
    [
      "has a certificate that is none",
      changed(/"certificates":\[\{"rawBytes":"[^"]+"/, '"certificates":[{"rawBytes":"AAAA"'),
    ],
    ["has a log's key that is none", changed(/"publicKey":\{"rawBytes":"[^"]+"/, '"publicKey":{"rawBytes":"AAAA"')],
    ["has a log without a key", changed(/"publicKey":\{[^{]+\{[^}]+\}\}/, '"publicKey":null')],
    ["is deeper than any", `{"a":${"[".repeat(100)}${"]".repeat(100)}}`],
  ])("%s", async (_, value) => {
    await expectError("TRUSTED_ROOT_INVALID", () => parseTrustedRoot(bytes(value), "root.json"));
  });
});
