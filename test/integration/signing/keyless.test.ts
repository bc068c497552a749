import { sign, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { readIdentityToken } from "../../../src/signing/keyless/identity-token.ts";
import {
  openSigningService,
  recordSignature,
  requestCertificate,
  requestTimestamp,
} from "../../../src/signing/keyless/index.ts";
import { assembledBundle, signedBytes, verifyBundle } from "../../support/sigstore/assembled-bundle.ts";
import { fulcioHandler } from "../../support/sigstore/fulcio-handler.ts";
import { identityIssuer } from "../../support/sigstore/identity-issuer.ts";
import { makeSigstore } from "../../support/sigstore/index.ts";
import { rekorHandler } from "../../support/sigstore/rekor-handler.ts";
import { serve } from "../../support/sigstore/serve.ts";
import { timestampHandler } from "../../support/sigstore/timestamp-handler.ts";

const envelope = {
  payload: Buffer.from('{"_type":"https://in-toto.io/Statement/v1","subject":[]}'),
  payloadType: "application/vnd.in-toto+json",
};
const signed = signedBytes(envelope);

it.each(["embedded", "none"] as const)(
  "signs without a key of its own what sigstore's verifier accepts (%s)",
  async (sct) => {
    const sigstore = makeSigstore();
    const issuer = identityIssuer();
    const subject = "https://ci.test/org/model/release.yml@refs/heads/main";
    const token = issuer.token({ sub: subject });
    await using fulcio = await serve(fulcioHandler(sigstore.fulcio, issuer, { sct }));
    await using rekor = await serve(rekorHandler(sigstore.log, [signed]));
    await using authority = await serve(timestampHandler(sigstore.timestamps));
    const service = await openSigningService({ signal: new AbortController().signal });
    expect(readIdentityToken(token, new Date())).toMatchObject({ subject, audience: ["sigstore"] });

    const { key, certificate } = await requestCertificate({ fulcio: fulcio.url, token, service });
    const signature = sign("sha256", signed, key);
    const content = { signed: envelope, signature, verifier: { certificate } };
    const entry = await recordSignature({ rekor: rekor.url, version: 2, content, service });
    const stamp = await requestTimestamp({ authority: authority.url, signature, service });

    const bundle = assembledBundle({ ...envelope, signature, certificate, stamp, entry });
    const signer = verifyBundle(bundle, sigstore.trustedRoot(), 1);
    expect(signer.identity).toMatchObject({ subjectAlternativeName: subject, extensions: { issuer: issuer.issuer } });
    expect(signer.key.equals(new X509Certificate(certificate).publicKey)).toBe(true);
    // Of the token, only Fulcio sees anything.
    const [first = ""] = token.split(".");
    for (const { headers, body } of [...rekor.asked, ...authority.asked]) {
      expect(JSON.stringify(headers) + body.toString("latin1")).not.toContain(first);
    }
  },
);
