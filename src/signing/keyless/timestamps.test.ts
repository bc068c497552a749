import { createHash } from "node:crypto";
import { RFC3161Timestamp } from "@sigstore/core";
import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { errorReply, type Fault, serve } from "../../../test/support/sigstore/serve.ts";
import { refusedStamp } from "../../../test/support/sigstore/timestamp-authority.ts";
import { stampReply, type TimestampLies, timestampHandler } from "../../../test/support/sigstore/timestamp-handler.ts";
import { requestTimestamp } from "./timestamps.ts";

const { timestamps } = makeSigstore();
const signature = Buffer.from("a signature");

describe("requestTimestamp", () => {
  it("has a signature stamped, with another nonce each time", async () => {
    await using server = await serve(timestampHandler(timestamps));
    const service = await quickService();
    for (let count = 0; count < 50; count += 1) {
      const stamp = await requestTimestamp({ authority: server.url, signature, service });
      const parsed = RFC3161Timestamp.parse(stamp as Buffer<ArrayBuffer>);
      expect(parsed.tstInfo.messageImprintHashedMessage).toEqual(createHash("sha256").update(signature).digest());
      expect(Math.abs(parsed.signingTime.getTime() - Date.now())).toBeLessThan(5000);
    }
    expect(new Set(server.asked.map(({ body }) => body.toString("hex"))).size).toBe(50);
  });

  it("asks at the path that it is given", async () => {
    await using server = await serve(timestampHandler(timestamps, { path: "/tsr" }));
    const service = await quickService();
    await requestTimestamp({ authority: new URL("/tsr", server.url), signature, service });
    await expectError("TIMESTAMP_REFUSED", () => requestTimestamp({ authority: server.url, signature, service }));
    expect(server.asked.map(({ path }) => path)).toEqual(["/tsr", "/api/v1/timestamp"]);
  });

  it.each<[string, TimestampLies]>([
    ["of something else", { digest: createHash("sha256").update("something else").digest() }],
    ["of a part of the hash", { digest: createHash("sha256").update(signature).digest().subarray(0, 31) }],
    ["for another request", { nonce: new Uint8Array([1, 2, 3, 4]).buffer }],
    ["that names no request", { nonce: undefined }],
  ])("does not believe a stamp %s", async (_, lies) => {
    await using server = await serve(timestampHandler(timestamps, { lies }));
    const service = await quickService();
    await expectError("SERVICE_CONFUSED", () => requestTimestamp({ authority: server.url, signature, service }));
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, string, Fault, RegExp]>([
    ["a refusal in DER", "TIMESTAMP_REFUSED", () => stampReply(refusedStamp()), /status 2/],
    ["a refusal in JSON", "TIMESTAMP_REFUSED", () => errorReply(400, 400, "weak hash"), /answered with 400: weak hash/],
    ["a page", "SERVICE_CONFUSED", () => stampReply(Buffer.from("<html>")), /not a timestamp/],
    ["nothing", "SERVICE_CONFUSED", () => stampReply(Buffer.alloc(0)), /not a timestamp/],
    ["a certificate", "SERVICE_CONFUSED", () => stampReply(timestamps.chain[0] ?? Buffer.of()), /not a timestamp/],
    ["10 MB", "SERVICE_CONFUSED", () => stampReply(Buffer.alloc(10_000_000, 0x30)), /more than/],
  ])("does not take %s", async (_, code, fault, message) => {
    await using server = await serve(timestampHandler(timestamps), fault);
    const service = await quickService();
    const error = await expectError(code, () => requestTimestamp({ authority: server.url, signature, service }));
    expect(error.message).toMatch(message);
  });

  it("does not take a stamp that is cut, wherever that is", async () => {
    const service = await quickService();
    let length = 0;
    await using server = await serve(timestampHandler(timestamps), (_, reply) => {
      const { body = "", ...rest } = reply();
      return { ...rest, body: Buffer.from(body).subarray(0, length) };
    });
    for (; length < 1200; length += 37) {
      await expectError("SERVICE_CONFUSED", () => requestTimestamp({ authority: server.url, signature, service }));
    }
  });
});
