import { generateKeyPairSync } from "node:crypto";
import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { rekor1Handler } from "../../../test/support/keyless/rekor-1.ts";
import { bytes, signedContent } from "../../../test/support/keyless/signed-content.ts";
import { startRekor } from "../../../test/support/keyless/start-rekor.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { errorReply, serve } from "../../../test/support/sigstore/serve.ts";
import { recordSignature } from "./rekor.ts";

const { fulcio } = makeSigstore();

const bodyOf = (entry: TransparencyLogEntry) => JSON.parse(entry.canonicalizedBody.toString());

describe.each([1, 2] as const)("recordSignature in Rekor %d", (version) => {
  it.each([
    ["envelope", "key", "P-256"],
    ["envelope", fulcio, "P-256"],
    ["bytes", "key", "P-256"],
    ["bytes", fulcio, "P-256"],
    ["bytes", "key", "P-384"],
    ["bytes", fulcio, "rsa"],
  ] as const)("has a signature over %s recorded", async (what, by, kind) => {
    await using server = await startRekor(version);
    const service = await quickService();
    const content = signedContent(what, by, kind);
    const entry = await recordSignature({ rekor: server.url, version, content, service });
    expect(entry.kindVersion).toEqual(
      version === 2
        ? { kind: "hashedrekord", version: "0.0.2" }
        : { kind: what === "bytes" ? "hashedrekord" : "dsse", version: "0.0.1" },
    );
    expect(JSON.stringify(bodyOf(entry))).toContain(Buffer.from(content.signature).toString("base64"));
    expect(entry.inclusionProof?.checkpoint?.envelope).toMatch(/\n/);
    expect(entry.integratedTime === "0").toBe(version === 2);
    expect(entry.inclusionPromise === undefined).toBe(version === 2);
    expect(server.asked).toHaveLength(1);
  });

  it("asks below the path that the log has", async () => {
    await using server = await startRekor(version, () => errorReply(404, 5, "Not Found"));
    const service = await quickService();
    const rekor = new URL("/rekor/", server.url);
    const content = signedContent("envelope", "key");
    const error = await expectError("REKOR_REFUSED", () => recordSignature({ rekor, version, content, service }));
    expect(error.message).toMatch(/answered with 404: Not Found/);
    expect(server.asked.map(({ path }) => path)).toEqual([`/rekor/api/v${version}/log/entries`]);
  });

  it("says in the log's words why it does not take a signature", async () => {
    await using server = await startRekor(version);
    const service = await quickService();
    const content = { ...signedContent("bytes", "key"), signature: signedContent("bytes", "key").signature };
    await expectError("REKOR_REFUSED", () => recordSignature({ rekor: server.url, version, content, service }));
  });

  it("asks nobody about a key of a kind without a name", async () => {
    await using server = await startRekor(version);
    const service = await quickService();
    const { publicKey } = generateKeyPairSync("ed25519");
    const verifier = { publicKey: publicKey.export({ type: "spki", format: "der" }) };
    const content = { ...signedContent("bytes", "key"), verifier };
    await expectError("REKOR_KEY_UNSUPPORTED", () => recordSignature({ rekor: server.url, version, content, service }));
    expect(server.asked).toEqual([]);
  });
});

describe("what is there already", () => {
  it.each(["envelope", "bytes"] as const)("is given by Rekor 1 (%s)", async (what) => {
    await using elsewhere = await startRekor(1);
    await using server = await serve(rekor1Handler(bytes, elsewhere.url.origin));
    const service = await quickService();
    const options = { rekor: server.url, version: 1, content: signedContent(what, fulcio), service } as const;
    const first = await recordSignature(options);
    expect(await recordSignature(options)).toEqual(first);
    expect(server.asked.map(({ method }) => method)).toEqual(["POST", "POST", "GET"]);
    // Wherever the place seems to be, nobody else is asked.
    expect(elsewhere.asked).toEqual([]);
  });

  it("is found by Rekor 1 when the answer was lost", async () => {
    await using server = await startRekor(1, (_, reply, count) =>
      count === 1 ? { kind: "cut", reply: reply(), after: 60 } : reply(),
    );
    const service = await quickService();
    const content = signedContent("envelope", fulcio);
    const entry = await recordSignature({ rekor: server.url, version: 1, content, service });
    expect(bodyOf(entry).spec.signatures).toHaveLength(1);
    expect(server.asked.map(({ method }) => method)).toEqual(["POST", "POST", "GET"]);
  });

  it.each([
    ["no place", {}],
    ["a place that is none", { location: "/api/v1/log/entries/../../etc" }],
    ["a place that goes on", { location: `/api/v1/log/entries/${"ab".repeat(32)}?to=http://other.test` }],
  ])("is not looked for with %s", async (_, headers) => {
    await using server = await startRekor(1, () => ({ ...errorReply(409, 409, "exists"), headers: { ...headers } }));
    const service = await quickService();
    const content = signedContent("envelope", "key");
    await expectError("SERVICE_CONFUSED", () => recordSignature({ rekor: server.url, version: 1, content, service }));
    expect(server.asked).toHaveLength(1);
  });

  it("has to be signed again for Rekor 2", async () => {
    await using server = await startRekor(2);
    const service = await quickService();
    const options = { rekor: server.url, version: 2, content: signedContent("envelope", "key"), service } as const;
    await recordSignature(options);
    const error = await expectError("REKOR_DUPLICATE", () => recordSignature(options));
    expect(error.family).toBe("temporary");
  });
});
