import { generateKeyPairSync } from "node:crypto";
import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { rekor1Handler } from "../../../test/support/keyless/rekor-1.ts";
import { bytes, encoded, signedContent } from "../../../test/support/keyless/signed-content.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { rekorHandler } from "../../../test/support/sigstore/rekor-handler.ts";
import { errorReply, type Fault, jsonReply, type Reply, serve } from "../../../test/support/sigstore/serve.ts";
import { type RekorVersion, recordSignature } from "./rekor.ts";

const { fulcio, log } = makeSigstore();

/** A server of a version that takes what the tests sign. */
function start(version: RekorVersion, fault?: Fault) {
  return serve(version === 1 ? rekor1Handler(bytes) : rekorHandler(log, [encoded, bytes]), fault);
}

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
    await using server = await start(version);
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
    await using server = await start(version, () => errorReply(404, 5, "Not Found"));
    const service = await quickService();
    const rekor = new URL("/rekor/", server.url);
    const content = signedContent("envelope", "key");
    const error = await expectError("REKOR_REFUSED", () => recordSignature({ rekor, version, content, service }));
    expect(error.message).toMatch(/answered with 404: Not Found/);
    expect(server.asked.map(({ path }) => path)).toEqual([`/rekor/api/v${version}/log/entries`]);
  });

  it("says in the log's words why it does not take a signature", async () => {
    await using server = await start(version);
    const service = await quickService();
    const content = { ...signedContent("bytes", "key"), signature: signedContent("bytes", "key").signature };
    await expectError("REKOR_REFUSED", () => recordSignature({ rekor: server.url, version, content, service }));
  });

  it("asks nobody about a key of a kind without a name", async () => {
    await using server = await start(version);
    const service = await quickService();
    const { publicKey } = generateKeyPairSync("ed25519");
    const verifier = { publicKey: publicKey.export({ type: "spki", format: "der" }) };
    const content = { ...signedContent("bytes", "key"), verifier };
    await expectError("REKOR_KEY_UNSUPPORTED", () => recordSignature({ rekor: server.url, version, content, service }));
    expect(server.asked).toEqual([]);
  });

  it.each(["envelope", "bytes"] as const)("does not believe an entry about another signature over %s", async (what) => {
    const service = await quickService();
    await using honest = await start(version);
    const other = await answered(version, what);
    await using server = await start(version, () => other);
    for (const by of ["key", fulcio] as const) {
      const content = signedContent(what, by);
      await recordSignature({ rekor: honest.url, version, content, service });
      const error = await expectError("SERVICE_CONFUSED", () =>
        recordSignature({ rekor: server.url, version, content, service }),
      );
      expect(error.message).toMatch(/about something else/);
    }
  });

  it.each<[string, Fault, RegExp]>([
    ["a page", () => ({ status: 201, body: "<html>" }), /not JSON/],
    ["JSON that is cut", (_, reply) => ({ status: 201, body: String(reply().body).slice(0, -9) }), /not JSON/],
    ["an empty object", () => jsonReply(201, {}), /another form|number of entries/],
    ["a list", () => jsonReply(201, []), /another form|number of entries/],
    ["no checkpoint", (_, reply) => edited(reply(), /"checkpoint":(?:"[^"]*"|\{[^}]*\})/, '"checkpoint":null'), /form/],
    ["10 MB", () => ({ status: 201, body: Buffer.alloc(10_000_000) }), /more than 262144 bytes/],
  ])("does not believe %s", async (_, fault, message) => {
    await using server = await start(version, fault);
    const service = await quickService();
    const content = signedContent("envelope", fulcio);
    const error = await expectError("SERVICE_CONFUSED", () =>
      recordSignature({ rekor: server.url, version, content, service }),
    );
    expect(error.message).toMatch(message);
    expect(server.asked).toHaveLength(1);
  });

  it("does not believe an entry with a part of another", async () => {
    const content = signedContent("bytes", "key");
    const strange = signedContent("envelope", "key");
    // Each is what a body says of the key, the content or the kind.
    const key = "publicKey" in content.verifier ? content.verifier.publicKey : Buffer.of();
    const otherKey = "publicKey" in strange.verifier ? strange.verifier.publicKey : Buffer.of();
    const edits: readonly ((body: string) => string)[] = [
      (body) => body.replace("hashedrekord", "intoto"),
      (body) => body.replace(/"apiVersion":"[^"]*"/, '"apiVersion":"0.0.9"'),
      (body) => body.replace(/"(digest|value)":"../, '"$1":"00'),
      (body) => body.replace(Buffer.from(content.signature).toString("base64"), Buffer.from("no").toString("base64")),
      (body) => body.replace(Buffer.from(key).toString("base64"), Buffer.from(otherKey).toString("base64")),
      (body) => body.replace(/"publicKey":\{"content":"[^"]*"/, '"publicKey":{"content":"AAAA"'),
      (body) => body.replace("PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519"),
    ];
    let effective = 0;
    for (const edit of edits) {
      let changed = false;
      await using server = await start(version, (_, reply) => {
        const { body, ...rest } = reply();
        const text = String(body).replace(/"(canonicalizedBody|body)":"([^"]*)"/, (whole, name, encodedBody) => {
          const before = Buffer.from(encodedBody, "base64").toString();
          const after = edit(before);
          changed = after !== before;
          return changed ? `"${name}":"${Buffer.from(after).toString("base64")}"` : whole;
        });
        return { ...rest, body: text };
      });
      const service = await quickService();
      const record = () => recordSignature({ rekor: server.url, version, content, service });
      const code = await record().then(
        () => undefined,
        (error) => error.code,
      );
      expect(code).toBe(changed ? "SERVICE_CONFUSED" : undefined);
      effective += changed ? 1 : 0;
    }
    expect(effective).toBe(version === 1 ? 5 : 6);
  });
});

describe("what is there already", () => {
  it.each(["envelope", "bytes"] as const)("is given by Rekor 1 (%s)", async (what) => {
    await using elsewhere = await start(1);
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
    await using server = await start(1, (_, reply, count) =>
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
    await using server = await start(1, () => ({ ...errorReply(409, 409, "exists"), headers: { ...headers } }));
    const service = await quickService();
    const content = signedContent("envelope", "key");
    await expectError("SERVICE_CONFUSED", () => recordSignature({ rekor: server.url, version: 1, content, service }));
    expect(server.asked).toHaveLength(1);
  });

  it("has to be signed again for Rekor 2", async () => {
    await using server = await start(2);
    const service = await quickService();
    const options = { rekor: server.url, version: 2, content: signedContent("envelope", "key"), service } as const;
    await recordSignature(options);
    const error = await expectError("REKOR_DUPLICATE", () => recordSignature(options));
    expect(error.family).toBe("temporary");
  });
});

/** What a log answers about a signature over the same by another key. */
async function answered(version: RekorVersion, what: "envelope" | "bytes"): Promise<Reply> {
  let kept: Reply | undefined;
  await using server = await start(version, (_, reply) => {
    kept = reply();
    return kept;
  });
  const service = await quickService();
  await recordSignature({ rekor: server.url, version, content: signedContent(what, "key"), service });
  if (kept === undefined) throw new Error("nothing was answered");
  return kept;
}

function edited({ body, ...rest }: Reply, what: RegExp, by: string): Reply {
  return { ...rest, body: String(body).replace(what, by) };
}
