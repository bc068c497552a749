import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { signedContent } from "../../../test/support/keyless/signed-content.ts";
import { startRekor } from "../../../test/support/keyless/start-rekor.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { type Fault, jsonReply, type Reply } from "../../../test/support/sigstore/serve.ts";
import { type RecordedContent, verifierDer, verifierPem } from "./recorded-content.ts";
import { type RekorVersion, recordSignature } from "./rekor.ts";

const { fulcio } = makeSigstore();

const base64 = (what: Uint8Array) => Buffer.from(what).toString("base64");
const pem = (content: RecordedContent) => base64(Buffer.from(verifierPem(content)));

type Edit = (body: string, content: RecordedContent, strange: RecordedContent) => string;

/** Each changes one thing that a body says, as either version writes it. */
const edits: Readonly<Record<string, Edit>> = {
  kind: (body) => body.replace(/"kind":"[^"]*"/, '"kind":"intoto"'),
  version: (body) => body.replace(/"apiVersion":"[^"]*"/, '"apiVersion":"0.0.9"'),
  hash: (body) => body.replace(/("digest":"|"(?:h|payloadH)ash":\{[^}]*"value":").{5}/, "$1AAAA0"),
  signature: (body, content, strange) => body.replace(base64(content.signature), base64(strange.signature)),
  key: (body, content, strange) =>
    body.replace(base64(verifierDer(content)), base64(verifierDer(strange))).replace(pem(content), pem(strange)),
};
const editsOf: Readonly<Record<RekorVersion, Readonly<Record<string, Edit>>>> = {
  1: { algorithm: (body) => body.replace(/("(?:h|payloadH)ash":\{"algorithm":")sha256/, "$1sha384") },
  2: {
    algorithm: (body) => body.replace("PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519"),
    "key and certificate": (body) => body.replace(/("verifier":\{)/, '$1"x509Certificate":{"rawBytes":"AAAA"},'),
  },
};

describe.each([1, 2] as const)("recordSignature in Rekor %d", (version) => {
  it.each(["envelope", "bytes"] as const)("does not believe an entry about another signature over %s", async (what) => {
    const service = await quickService();
    await using honest = await startRekor(version);
    const other = await answered(version, what);
    await using server = await startRekor(version, () => other);
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
    [
      "no checkpoint",
      (_, reply) => edited(reply(), /"checkpoint":(?:"[^"]*"|\{[^}]*\})/, () => '"checkpoint":null'),
      /form/,
    ],
    ["two entries", (_, reply) => twice(reply()), version === 1 ? /number of entries/ : /another form/],
    ["10 MB", () => ({ status: 201, body: Buffer.alloc(10_000_000) }), /more than 262144 bytes/],
  ])("does not believe %s", async (_, fault, message) => {
    await using server = await startRekor(version, fault);
    const service = await quickService();
    const content = signedContent("envelope", fulcio);
    const error = await expectError("SERVICE_CONFUSED", () =>
      recordSignature({ rekor: server.url, version, content, service }),
    );
    expect(error.message).toMatch(message);
    expect(server.asked).toHaveLength(1);
  });

  const parts = Object.entries({ ...edits, ...editsOf[version] });
  it.each(["envelope", "bytes"] as const)("does not believe an entry with a part of another (%s)", async (what) => {
    const strange = signedContent(what, "key");
    const service = await quickService();
    for (const [part, edit] of parts) {
      const content = signedContent(what, "key");
      let changed = false;
      await using server = await startRekor(version, (_, reply) =>
        edited(reply(), /"(canonicalizedBody|body)":"([^"]*)"/, (_whole, name, found = "") => {
          const before = Buffer.from(found, "base64").toString();
          const after = edit(before, content, strange);
          changed = after !== before;
          return `"${name}":"${base64(Buffer.from(after))}"`;
        }),
      );
      const record = () => recordSignature({ rekor: server.url, version, content, service });
      const error = await expectError("SERVICE_CONFUSED", record);
      expect([part, changed, error.message]).toEqual([part, true, expect.stringContaining("about something else")]);
    }
  });
});

/** What a log answers about a signature over the same by another key. */
async function answered(version: RekorVersion, what: "envelope" | "bytes"): Promise<Reply> {
  let kept: Reply | undefined;
  await using server = await startRekor(version, (_, reply) => {
    kept = reply();
    return kept;
  });
  const service = await quickService();
  await recordSignature({ rekor: server.url, version, content: signedContent(what, "key"), service });
  if (kept === undefined) throw new Error("nothing was answered");
  return kept;
}

/** An entry of Rekor 1 under two names; Rekor 2 gives entries no names. */
function twice({ body, ...rest }: Reply): Reply {
  const [entry] = Object.values(JSON.parse(String(body)));
  return { ...rest, body: JSON.stringify({ one: entry, other: entry }) };
}

function edited({ body, ...rest }: Reply, what: RegExp, by: (...found: string[]) => string): Reply {
  return { ...rest, body: String(body).replace(what, by) };
}
