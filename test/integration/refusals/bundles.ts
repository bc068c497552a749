import { rm, truncate, writeFile } from "node:fs/promises";
import { digestOf as digestOfBytes, emptyJson } from "../../../src/oci/index.ts";
import { bundleMediaType } from "../../../src/signing/bundle-types.ts";
import { signedBundle, statement } from "./envelope.ts";
import type { Place } from "./place.ts";
import { type Row, row } from "./row.ts";

type Bundle = ReturnType<typeof signedBundle>;
const good = (place: Place): Bundle => signedBundle(statement(place.release));
const changed = (change: (bundle: Bundle) => object) => (place: Place) => {
  const bundle = good(place);
  return place.attach({ ...bundle, ...change(bundle) });
};
const written = (change: (text: string) => string | Uint8Array) => (place: Place) =>
  place.attach(change(JSON.stringify(good(place))));
const material = (more: object) =>
  changed(({ verificationMaterial }) => ({ verificationMaterial: { ...verificationMaterial, ...more } }));

const entry = {
  logIndex: "1",
  logId: { keyId: Buffer.alloc(32, 1).toString("base64") },
  kindVersion: { kind: "hashedrekord", version: "0.0.2" },
  integratedTime: "0",
  inclusionProof: {
    logIndex: "1",
    rootHash: Buffer.alloc(32).toString("base64"),
    treeSize: "2",
    hashes: [],
    checkpoint: { envelope: "a\n2\nAA==\n" },
  },
  canonicalizedBody: Buffer.from("{}").toString("base64"),
};
const stamp = { signedTimestamp: Buffer.from("no stamp").toString("base64") };
const proof = (more: object) =>
  material({ tlogEntries: [{ ...entry, inclusionProof: { ...entry.inclusionProof, ...more } }] });
const mebibyte = 1024 * 1024;

/** In which bytes it is written. */
export const bundleRows: readonly Row[] = [
  row(
    "a bundle with proof by nobody who is trusted here",
    "accepted",
    material({ tlogEntries: [entry], timestampVerificationData: { rfc3161Timestamps: [stamp] } }),
  ),
  row(
    "half of a bundle",
    "BUNDLE_MALFORMED",
    written((text) => text.slice(0, 200)),
  ),
  row(
    "a bundle with a member twice",
    "BUNDLE_MALFORMED",
    written((text) => text.replace('"payload":', '"payload":"e30=","payload":')),
  ),
  row(
    "a bundle with a member twice, once escaped",
    "BUNDLE_MALFORMED",
    written((text) => text.replace('"payload":', '"pay\\u006coad":"e30=","payload":')),
  ),
  row(
    "a bundle behind a byte order mark",
    "BUNDLE_MALFORMED",
    written((text) => `\ufeff${text}`),
  ),
  row(
    "a bundle with another one behind it",
    "BUNDLE_MALFORMED",
    written((text) => `${text}\n${text}`),
  ),
  row(
    "a bundle that is not UTF-8",
    "BUNDLE_MALFORMED",
    written((text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"a":"\xff"}', "latin1")])),
  ),
  row("base64 without its end", "BUNDLE_MALFORMED", (place) => {
    const text = JSON.stringify(statement(place.release));
    const bundle = signedBundle(text.padEnd(text.length + 4 - (text.length % 3)));
    return place.attach(JSON.stringify(bundle).replace(/("payload":"[^=]+)=+"/, '$1"'));
  }),
  row(
    "base64 with a line break",
    "BUNDLE_MALFORMED",
    written((text) => text.replace('"payload":"', '"payload":"\\n')),
  ),
  row(
    "base64url in what is offered as proof",
    "BUNDLE_MALFORMED",
    material({ timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: "_-8" }] } }),
  ),
  row("a bomb of brackets", "BUNDLE_MALFORMED", (place) => place.attach("[".repeat(15 * mebibyte))),
  row("a bomb of values", "BUNDLE_MALFORMED", (place) => place.attach(`{"a":[${"{},".repeat(4 * mebibyte)}0]}`)),
  row("a bomb of members", "BUNDLE_MALFORMED", (place) =>
    place.attach(`{${Array.from({ length: 600_000 }, (_, index) => `"${index}":0`).join(",")}}`),
  ),
  row(
    "a bundle of version 0.1",
    "BUNDLE_MALFORMED",
    changed(() => ({ mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1" })),
  ),
  row(
    "a bundle of a type that goes on",
    "BUNDLE_MALFORMED",
    changed(({ mediaType }) => ({ mediaType: `${mediaType}x` })),
  ),
  row(
    "a list of bundles",
    "BUNDLE_MALFORMED",
    written((text) => `[${text}]`),
  ),
  row(
    "a bundle in the prototype",
    "BUNDLE_MALFORMED",
    written((text) => `{"__proto__":${text}}`),
  ),
  row(
    "two things that are signed",
    "BUNDLE_MALFORMED",
    changed(() => ({ messageSignature: {} })),
  ),
  row("two who signed", "BUNDLE_MALFORMED", material({ certificate: { rawBytes: "AAAA" } })),
  row(
    "a chain of certificates",
    "BUNDLE_MALFORMED",
    material({ publicKey: undefined, x509CertificateChain: { certificates: [{ rawBytes: "AAAA" }] } }),
  ),
  row(
    "more timestamps than anybody asks for",
    "BUNDLE_MALFORMED",
    material({ timestampVerificationData: { rfc3161Timestamps: Array.from({ length: 5_000 }, () => stamp) } }),
  ),
  row(
    "more log entries than anybody has",
    "BUNDLE_MALFORMED",
    material({ tlogEntries: Array.from({ length: 5_000 }, () => entry) }),
  ),
  row(
    "a timestamp of a mebibyte",
    "BUNDLE_MALFORMED",
    material({
      timestampVerificationData: {
        rfc3161Timestamps: [{ signedTimestamp: Buffer.alloc(mebibyte, 1).toString("base64") }],
      },
    }),
  ),
  row("a place in the log of a million digits", "BUNDLE_MALFORMED", proof({ logIndex: "9".repeat(1_000_000) })),
  row(
    "a log of a million digits",
    "BUNDLE_MALFORMED",
    proof({ checkpoint: { envelope: `a\n${"9".repeat(mebibyte)}\nAA==\n\n\u2014 a AAAAAAA=\n` } }),
  ),
  row("a time that is none", "BUNDLE_MALFORMED", material({ tlogEntries: [{ ...entry, integratedTime: "1e9" }] })),
  row("a time before all", "BUNDLE_MALFORMED", material({ tlogEntries: [{ ...entry, integratedTime: -1 }] })),
  row(
    "a signature of a digest",
    "CONTENT_NOT_STATED",
    changed(({ dsseEnvelope: { signatures } }) => ({
      dsseEnvelope: undefined,
      messageSignature: {
        messageDigest: { algorithm: "SHA2_256", digest: Buffer.alloc(32).toString("base64") },
        signature: signatures[0]?.sig,
      },
    })),
  ),
];

/** How it lies in the store. */
export const attachedRows: readonly Row[] = [
  row("nothing", "SIGNATURE_MISSING", async () => {}),
  row("a bundle under another artifact type, and under that of an old version", "accepted", async (place) => {
    const bytes = Buffer.from(JSON.stringify(good(place)));
    const layer = {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.1+json",
      digest: digestOfBytes(bytes),
      size: bytes.length,
    };
    await place.attach(bytes, { artifactType: "application/vnd.example.lie", layers: [layer] });
  }),
  row("a bundle under the type of a text", "SIGNATURE_MISSING", async (place) => {
    const bytes = Buffer.from(JSON.stringify(good(place)));
    await place.attach(bytes, {
      layers: [{ mediaType: "text/plain", digest: digestOfBytes(bytes), size: bytes.length }],
    });
  }),
  row("two layers", "BUNDLE_MALFORMED", async (place) => {
    const bytes = Buffer.from(JSON.stringify(good(place)));
    const layer = { mediaType: bundleMediaType, digest: digestOfBytes(bytes), size: bytes.length };
    await place.attach(bytes, { layers: [layer, layer] });
  }),
  row("a bundle of 200 MB", "EVIDENCE_TOO_LARGE", async (place) => {
    const bytes = Buffer.from("{ }");
    const size = 200 * mebibyte;
    await place.attach(bytes, { layers: [{ mediaType: bundleMediaType, digest: digestOfBytes(bytes), size }] });
    await truncate(place.blob(digestOfBytes(bytes)), size);
  }),
  row("a bundle that says it is small and has 200 MB", "EVIDENCE_GONE", async (place) => {
    const bytes = Buffer.from(JSON.stringify(good(place)));
    await place.attach(bytes);
    await truncate(place.blob(digestOfBytes(bytes)), 200 * mebibyte);
  }),
  row("a tampered bundle", "EVIDENCE_UNREADABLE", async (place) => {
    const text = JSON.stringify(good(place));
    await place.attach(text);
    await writeFile(place.blob(digestOfBytes(text)), text.replace("dsse", "DSSE"));
  }),
  row("a bundle that is gone", "EVIDENCE_GONE", async (place) => {
    const text = JSON.stringify(good(place));
    await place.attach(text);
    await rm(place.blob(digestOfBytes(text)));
  }),
  row("a bundle whose config is gone", "EVIDENCE_GONE", async (place) => {
    await place.attach(good(place));
    await rm(place.blob(emptyJson.descriptor.digest));
  }),
  row("a tampered config", "EVIDENCE_UNREADABLE", async (place) => {
    await place.attach(good(place));
    await writeFile(place.blob(emptyJson.descriptor.digest), "[]");
  }),
  row("a bundle whose manifest is gone", "STORE_CORRUPT", async (place) => {
    await rm(place.blob(await place.attach(good(place))));
  }),
  row("a bundle whose manifest was tampered with", "STORE_CORRUPT", async (place) => {
    const digest = await place.attach(good(place));
    await place.edit(place.blob(digest).slice(place.directory.length + 1), (text) => text.replace("bundle", "bumdle"));
  }),
];
