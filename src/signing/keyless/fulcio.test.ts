import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { expectHidden, quickService } from "../../../test/support/keyless/quick-service.ts";
import { fulcioHandler } from "../../../test/support/sigstore/fulcio-handler.ts";
import { identityIssuer } from "../../../test/support/sigstore/identity-issuer.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { errorReply, type Fault, jsonReply, type Reply, serve } from "../../../test/support/sigstore/serve.ts";
import { requestCertificate } from "./fulcio.ts";

const issuer = identityIssuer();
const { fulcio: authority } = makeSigstore();
const subject = "https://ci.test/org/model/release.yml@refs/heads/main";
const token = issuer.token({ sub: subject });

async function refused(code: string, fault: Fault): Promise<{ readonly message: string; readonly count: number }> {
  await using server = await serve(fulcioHandler(authority, issuer), fault);
  const service = await quickService();
  const { message } = await expectHidden(code, token, () => requestCertificate({ fulcio: server.url, token, service }));
  return { message, count: server.asked.length };
}

describe("requestCertificate", () => {
  it.each(["embedded", "detached", "none"] as const)("has a new key certified, with the log's word %s", async (sct) => {
    await using server = await serve(fulcioHandler(authority, issuer, { sct }));
    const service = await quickService();
    const certified = await requestCertificate({ fulcio: server.url, token: `${token}\n`, service });
    const leaf = new X509Certificate(certified.certificate);
    expect(leaf.subjectAltName).toBe(`URI:${subject}`);
    expect(leaf.publicKey.equals(createPublicKey(certified.key))).toBe(true);
    expect(certified.chain).toEqual(authority.chain);
    expect(certified.notAfter.getTime() - certified.notBefore.getTime()).toBe(600_000);
    const [asked] = server.asked;
    expect(asked?.headers.authorization).toBe(`Bearer ${token}`);
    expect(`${asked?.path}${asked?.body}`).not.toContain(token.slice(0, 20));
  });

  it("proves a verified address where the token has one", async () => {
    await using server = await serve(fulcioHandler(authority, issuer));
    const service = await quickService();
    const mail = issuer.token({ sub: "7", email: "a@b.test", email_verified: true });
    const { certificate } = await requestCertificate({ fulcio: server.url, token: mail, service });
    expect(new X509Certificate(certificate).subjectAltName).toBe("email:a@b.test");
  });

  it("makes another key each time", async () => {
    await using server = await serve(fulcioHandler(authority, issuer));
    const service = await quickService();
    const [one, other] = [
      await requestCertificate({ fulcio: server.url, token, service }),
      await requestCertificate({ fulcio: server.url, token, service }),
    ];
    expect(one.key.equals(other.key)).toBe(false);
  });

  it("asks below the path that the authority has", async () => {
    const below = fulcioHandler(authority, issuer);
    await using server = await serve((asked) => below({ ...asked, path: asked.path.replace(/^\/fulcio/, "") }));
    const service = await quickService();
    await requestCertificate({ fulcio: new URL("/fulcio/", server.url), token, service });
    expect(server.asked.map(({ path }) => path)).toEqual(["/fulcio/api/v2/signingCert"]);
  });

  it("says in the authority's words, in one line and without the token, why the token is not accepted", async () => {
    const words = `There was\nan error processing ${token} or ${token.split(".")[1]} ${"x".repeat(5000)}`;
    const { message, count } = await refused("FULCIO_REFUSED", () => errorReply(400, 3, words));
    expect(message).toMatch(/answered with 400: There was an error processing \[token\] or \[token\] x+$/);
    expect(message.length).toBeLessThan(400);
    expect(count).toBe(1);
  });

  it("does not ask with a token of another issuer twice", async () => {
    await using server = await serve(fulcioHandler(authority, issuer));
    const service = await quickService();
    const foreign = identityIssuer().token({ sub: subject });
    const error = await expectHidden("FULCIO_REFUSED", foreign, () =>
      requestCertificate({ fulcio: server.url, token: foreign, service }),
    );
    expect(error.message).toMatch(/error processing the identity token/);
    expect(server.asked).toHaveLength(1);
  });

  it("asks nobody with a token that ran out", async () => {
    await using server = await serve(fulcioHandler(authority, issuer));
    const service = await quickService();
    const old = issuer.token({ sub: subject, exp: 1_700_000_000 });
    await expectHidden("IDENTITY_TOKEN_EXPIRED", old, () =>
      requestCertificate({ fulcio: server.url, token: old, service }),
    );
    expect(server.asked).toEqual([]);
  });

  const chainOf = (certificates: readonly string[]): Reply =>
    jsonReply(200, { signedCertificateEmbeddedSct: { chain: { certificates } } });
  const certificatesIn = (reply: Reply): string[] =>
    JSON.parse(String(reply.body)).signedCertificateEmbeddedSct.chain.certificates;

  it.each<[string, Fault, RegExp]>([
    ["a page", () => ({ status: 200, body: `<html>${token}</html>` }), /not JSON/],
    ["JSON that is cut", (_, reply) => ({ status: 200, body: String(reply().body).slice(0, -9) }), /not JSON/],
    ["nothing", () => ({ status: 200 }), /not JSON/],
    ["another form", () => jsonReply(200, { token }), /another form/],
    ["no certificate", () => chainOf([]), /another form/],
    ["a certificate that is none", () => chainOf([token]), /PEM/],
    ["certificates without end", (_, reply) => chainOf(certificatesIn(reply()).concat(Array(9).fill("x"))), /form/],
    ["a chain with a gap", (_, reply) => chainOf(certificatesIn(reply()).filter((__, at) => at !== 1)), /chain/],
    ["another order", (_, reply) => chainOf(certificatesIn(reply()).reverse()), /another key/],
    ["10 MB", () => ({ status: 200, body: Buffer.alloc(10_000_000, token) }), /more than 131072 bytes/],
  ])("does not believe %s", async (_, fault, message) => {
    const seen = await refused("SERVICE_CONFUSED", fault);
    expect(seen.message).toMatch(message);
    expect(seen.count).toBe(1);
  });

  it("does not believe a certificate for another key", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await using server = await serve(fulcioHandler(authority, issuer, { certified: publicKey }));
    const service = await quickService();
    const error = await expectHidden("SERVICE_CONFUSED", token, () =>
      requestCertificate({ fulcio: server.url, token, service }),
    );
    expect(error.message).toMatch(/certificate for another key/);
  });
});
