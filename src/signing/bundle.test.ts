import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encodeSignatureStatement } from "../evidence/index.ts";
import { digestOf, parseManifest } from "../oci/index.ts";
import { encodeBundleManifest, signStatement } from "./bundle.ts";
import { bundleMediaType } from "./bundle-types.ts";
import { readSigningKey } from "./key.ts";
import { keySigner } from "./key-signer.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = keySigner(
  readSigningKey(Buffer.from(String(pair.privateKey.export({ type: "pkcs8", format: "pem" }))), undefined, "key"),
);
const subject = digestOf("the manifest");

/** Pre-authentication encoding (DSSE, protocol.md), from its text and not from a library. */
function preAuthEncoding(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

interface BundleJson {
  readonly dsseEnvelope: { readonly payload: string; readonly signatures: readonly { readonly sig: string }[] };
}

describe("signStatement", async () => {
  const payload = encodeSignatureStatement(subject);
  const bytes = Buffer.from(await signStatement(payload, key));
  const bundle: BundleJson = JSON.parse(bytes.toString("utf8"));
  const signature = bundle.dsseEnvelope.signatures[0]?.sig ?? "";

  test("writes the bundle that cosign 3 writes for a key, and nothing else", () => {
    const spki = pair.publicKey.export({ type: "spki", format: "der" });
    const golden = {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: {
        publicKey: { hint: createHash("sha256").update(spki).digest("base64") },
        // No timestamp authority and, by its absence, no log has seen it.
        timestampVerificationData: {},
      },
      dsseEnvelope: {
        payload: Buffer.from(payload).toString("base64"),
        payloadType: "application/vnd.in-toto+json",
        // Without keyid: go-securesystemslib skips a signature whose key id it does not know.
        signatures: [{ sig: signature }],
      },
    };
    expect(bundle).toEqual(golden);
    expect(bytes.toString("utf8")).toHaveLength(JSON.stringify(golden).length);
  });

  test("signs the statement as DSSE says, with a signature in DER over SHA-256", () => {
    const signed = preAuthEncoding("application/vnd.in-toto+json", Buffer.from(bundle.dsseEnvelope.payload, "base64"));
    const sig = Buffer.from(signature, "base64");
    expect(sig[0]).toBe(0x30);
    expect(verify("sha256", signed, { key: pair.publicKey, dsaEncoding: "der" }, sig)).toBe(true);
    expect(verify("sha256", Buffer.concat([signed, Buffer.from(" ")]), pair.publicKey, sig)).toBe(false);
    expect(verify("sha256", preAuthEncoding("application/json", payload), pair.publicKey, sig)).toBe(false);
  });

  test("keeps the payload as it was given, byte for byte", async () => {
    const odd = Buffer.from('{ "_type" : 1 }\n\u{1f680}');
    const written: BundleJson = JSON.parse(Buffer.from(await signStatement(odd, key)).toString("utf8"));
    expect(Buffer.from(written.dsseEnvelope.payload, "base64")).toEqual(odd);
  });
});

describe("encodeBundleManifest", () => {
  const options = {
    subject: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: subject,
      size: 1234,
      artifactType: "application/vnd.cncf.model.manifest.v1+json",
      annotations: { "is not": "copied" },
    },
    bundle: {
      mediaType: bundleMediaType,
      digest: digestOf("the bundle"),
      size: 567,
      annotations: { "is not": "copied" },
    },
    predicateType: "https://sigstore.dev/cosign/sign/v1",
    tag: "1.0.0-jetson_sign.17.1",
    created: new Date("2026-11-21T00:00:00.987Z"),
  };

  // Members in the order in which they are written: the bytes are what is pinned.
  const golden = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    config: {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      size: 2,
    },
    layers: [
      {
        mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        digest: digestOf("the bundle"),
        size: 567,
      },
    ],
    subject: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: subject, size: 1234 },
    annotations: {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1",
      "io.slipway.tag": "1.0.0-jetson_sign.17.1",
      "org.opencontainers.image.created": "2026-11-21T00:00:00Z",
    },
  };

  test("is these bytes", () => {
    const bytes = encodeBundleManifest(options);
    expect(Buffer.from(bytes).toString("utf8")).toBe(JSON.stringify(golden));
    expect(parseManifest(bytes, "it")).toEqual(golden);
  });
});
