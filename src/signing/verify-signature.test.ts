import { generateKeyPairSync, sign } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLayout } from "../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { encodeSignatureStatement } from "../evidence/index.ts";
import { type Descriptor, type Digest, digestOf, emptyJson, hexOf, type WritableStore } from "../oci/index.ts";
import { encodeBundleManifest, signStatement } from "./bundle.ts";
import { bundleMediaType } from "./bundle-types.ts";
import { readSigningKey } from "./key.ts";
import { keySigner } from "./key-signer.ts";
import type { StatementSigner } from "./signer.ts";
import { refusalOf, verifySignature } from "./verify-signature.ts";

/** A signer, with the key itself for bundles that are put together by hand. */
function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = Buffer.from(String(privateKey.export({ type: "pkcs8", format: "pem" })));
  const signing = readSigningKey(pem, undefined, "key");
  return { ...keySigner(signing), ...signing };
}

const builder = signingKey();
const stranger = signingKey();
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const created = new Date("2026-01-02T03:04:05Z");

/** A layout with one manifest to sign, and what attaches things to it as other tools do. */
async function storeWithSubject() {
  const root = await temporaryDirectory();
  const layout = root.at("store");
  const { store } = await openLayout(layout);
  const subject = await announceJson(store, manifestWith({}), "1.0.0-jetson");
  let count = 0;

  const attachJson = async (value: object, type = manifestType): Promise<Descriptor> => {
    count += 1;
    return announceJson(store, value, `1.0.0-jetson_sign.${count}.1`, type);
  };
  const attach = async (bundle: Uint8Array, changes: object = {}): Promise<Digest> => {
    const blob = await store.push(bundleMediaType, bundle);
    const layers = [{ mediaType: bundleMediaType, digest: blob.digest, size: blob.size }];
    const value = manifestWith({ artifactType: bundleMediaType, layers, subject: withoutType(subject), ...changes });
    return (await attachJson(value)).digest;
  };
  const blobPath = (digest: Digest): string => join(layout, "blobs/sha256", hexOf(digest));
  const verify = () => verifySignature(store, subject.digest, builder.recognises);
  return {
    layout,
    store,
    subject,
    attach,
    attachJson,
    blobPath,
    verify,
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

type Attached = Awaited<ReturnType<typeof storeWithSubject>>;

async function announceJson(
  store: WritableStore,
  value: object,
  tag: string,
  type = manifestType,
): Promise<Descriptor> {
  await store.push(emptyJson.descriptor.mediaType, emptyJson.bytes);
  return store.announce(Buffer.from(JSON.stringify(value)), type, tag);
}

function manifestWith(changes: object): object {
  return { schemaVersion: 2, mediaType: manifestType, config: emptyJson.descriptor, layers: [], ...changes };
}

const withoutType = ({ mediaType, digest, size }: Descriptor) => ({ mediaType, digest, size });
const signatureBy = (key: StatementSigner, subject: Descriptor): Promise<Uint8Array> =>
  signStatement(encodeSignatureStatement(subject.digest), key);

/** Every verdict by the digest of its candidate; candidates come in no promised order. */
async function verdicts({ verify }: Attached): Promise<Record<Digest, string>> {
  const { candidates } = await verify();
  return Object.fromEntries(candidates.map(({ holder, objection }) => [holder, objection?.why ?? "accepted"]));
}

describe("what is looked at", () => {
  test("nothing, when nothing is attached", async () => {
    await using at = await storeWithSubject();
    expect(await at.verify()).toEqual({ candidates: [], acceptedBy: undefined });
  });

  test("one good signature", async () => {
    await using at = await storeWithSubject();
    const digest = await at.attach(await signatureBy(builder, at.subject));
    const { candidates, acceptedBy } = await at.verify();
    expect(acceptedBy).toEqual(builder.signatory);
    expect(candidates).toMatchObject([{ holder: digest, judgement: { accepted: true } }]);
  });

  test("what has a bundle as its layer, whatever its artifactType says", async () => {
    await using at = await storeWithSubject();
    const good = await signatureBy(builder, at.subject);
    const foreign = await at.attach(good, { artifactType: "application/vnd.example.other" });
    const none = await at.attach(good, { artifactType: undefined, annotations: { a: "b" } });
    expect(await verdicts(at)).toEqual({ [foreign]: "accepted", [none]: "accepted" });
  });

  test("what index.json claims to be something else", async () => {
    await using at = await storeWithSubject();
    const digest = await at.attach(await signatureBy(builder, at.subject));
    const index = join(at.layout, "index.json");
    const text = await readFile(index, "utf8");
    const lie = text.replace(`"artifactType":"${bundleMediaType}"`, '"artifactType":"application/vnd.example.sbom"');
    expect(lie).not.toBe(text);
    await writeFile(index, lie);
    expect(await verdicts(at)).toEqual({ [digest]: "accepted" });
  });

  test("not what only claims to be a bundle", async () => {
    await using at = await storeWithSubject();
    const text = await at.store.push("text/plain", Buffer.from("words"));
    await at.attach(Buffer.from("{}"), { layers: [{ mediaType: "text/plain", digest: text.digest, size: text.size }] });
    await at.attach(Buffer.from("{}"), { layers: [] });
    expect(await verdicts(at)).toEqual({});
  });

  test("not what is attached to another subject", async () => {
    await using at = await storeWithSubject();
    const other = await announceJson(at.store, manifestWith({ annotations: { other: "" } }), "2.0.0-jetson");
    await at.attach(await signatureBy(builder, at.subject), { subject: withoutType(other) });
    expect(await verdicts(at)).toEqual({});
  });

  test("not an index that has the subject, which other tools may attach", async () => {
    await using at = await storeWithSubject();
    const good = await at.attach(await signatureBy(builder, at.subject));
    const index = { schemaVersion: 2, mediaType: indexType, manifests: [], subject: withoutType(at.subject) };
    await at.attachJson(index, indexType);
    expect(await verdicts(at)).toEqual({ [good]: "accepted" });
  });
});

describe("what cannot be read stays a candidate, with its reason", () => {
  test("two layers", async () => {
    await using at = await storeWithSubject();
    const bundle = await at.store.push(bundleMediaType, await signatureBy(builder, at.subject));
    const digest = await at.attach(Buffer.from("{}"), { layers: [bundle, bundle] });
    expect(await verdicts(at)).toEqual({ [digest]: "it cannot be read: it has 2 layers instead of one" });
  });

  test("an altered bundle", async () => {
    await using at = await storeWithSubject();
    const bytes = await signatureBy(builder, at.subject);
    const digest = await at.attach(bytes);
    const blob = at.blobPath(digestOf(bytes));
    await writeFile(blob, (await readFile(blob, "utf8")).replace("dsse", "DSSE"));
    expect(await verdicts(at)).toEqual({
      [digest]: `it cannot be read: STORE_CORRUPT the content of ${digestOf(bytes)} in oci:${at.layout} has another digest`,
    });
  });

  test("an altered config, although nothing is read from it", async () => {
    await using at = await storeWithSubject();
    const digest = await at.attach(await signatureBy(builder, at.subject));
    await writeFile(at.blobPath(emptyJson.descriptor.digest), "[]");
    expect(await verdicts(at)).toEqual({
      [digest]: expect.stringMatching(/^it cannot be read: STORE_CORRUPT the content of sha256:44136f/),
    });
  });

  test("a missing bundle", async () => {
    await using at = await storeWithSubject();
    const bytes = await signatureBy(builder, at.subject);
    const digest = await at.attach(bytes);
    await rm(at.blobPath(digestOf(bytes)));
    expect(await verdicts(at)).toEqual({
      [digest]: `it cannot be read: STORE_CORRUPT oci:${at.layout} names ${digestOf(bytes)}, but has no such blob`,
    });
  });

  test("a bundle larger than any signature, which is not read", async () => {
    await using at = await storeWithSubject();
    const size = 17 * 1024 * 1024;
    const digest = await at.attach(Buffer.alloc(size, " "));
    expect(await verdicts(at)).toEqual({
      [digest]: expect.stringMatching(/^it has 17825792 bytes; 16777216 are read at most$/),
    });
  });

  test("an altered manifest stops everything: it might be evidence against the release", async () => {
    await using at = await storeWithSubject();
    await at.attach(await signatureBy(builder, at.subject));
    const digest = await at.attach(await signatureBy(stranger, at.subject));
    const blob = at.blobPath(digest);
    await writeFile(blob, (await readFile(blob, "utf8")).replace("bundle", "bumdle"));
    await expect(at.verify()).rejects.toMatchObject({ code: "STORE_CORRUPT", family: "refused" });
  });
});

describe("one good signature among bad ones", () => {
  const statementOf = (digest: Digest, changes: object): string => {
    const statement = JSON.parse(Buffer.from(encodeSignatureStatement(digest)).toString("utf8"));
    return JSON.stringify({ ...statement, ...changes });
  };

  test("is accepted, and every other is listed with its reason", async () => {
    await using at = await storeWithSubject();
    const { digest } = at.subject;
    const failed = {
      predicateType: "https://in-toto.io/attestation/test-result/v0.1",
      predicate: { result: "FAILED", configuration: [{ name: "evaluation" }] },
    };
    const expected = {
      [await at.attach(await signatureBy(stranger, at.subject))]:
        `it was signed by a key that is not trusted here (${stranger.signatory.fingerprint})`,
      [await at.attach(await signStatement(Buffer.from(statementOf(digest, failed)), builder))]:
        `it states ${failed.predicateType}, which is evidence and not a signature`,
      [await at.attach(await signStatement(encodeSignatureStatement(digestOf("other")), builder))]:
        "its statement is about another digest",
      [await at.attach(Buffer.from("no JSON"))]: "it is not a well-formed sigstore bundle: it is not JSON",
      [await at.attach(await signatureBy(builder, at.subject))]: "accepted",
      [await at.attach(Buffer.from("[]"))]: "it is not a well-formed sigstore bundle",
    };
    expect(await verdicts(at)).toEqual(expected);
    expect((await at.verify()).acceptedBy).toEqual(builder.signatory);
  });

  test("without it, all are refused and each line of the refusal says why", async () => {
    await using at = await storeWithSubject();
    const untrusted = await at.attach(await signatureBy(stranger, at.subject));
    const malformed = await at.attach(Buffer.from("no JSON"));
    const refusal = refusalOf(await at.verify(), "oci:store:1.0.0-jetson");
    expect(refusal).toMatchObject({
      code: "SIGNATURE_REJECTED",
      family: "refused",
      message: "none of the 2 signature candidates of oci:store:1.0.0-jetson is acceptable",
    });
    expect([...(refusal?.details ?? [])].sort()).toEqual(
      [
        `refused ${untrusted.slice(0, 19)}…: KEY_UNTRUSTED it was signed by a key that is not trusted here (${stranger.signatory.fingerprint})`,
        `refused ${malformed.slice(0, 19)}…: BUNDLE_MALFORMED it is not a well-formed sigstore bundle: it is not JSON`,
      ].sort(),
    );
  });
});

describe("refusalOf", () => {
  const candidate = {
    holder: digestOf("x"),
    storage: "bundle",
    tag: undefined,
    judgement: { accepted: false, code: "KEY_UNTRUSTED", why: "no", checks: [] },
    objection: { code: "KEY_UNTRUSTED", why: "no" },
  } as const;

  test("is nothing when there is a signature", () => {
    expect(refusalOf({ candidates: [candidate], acceptedBy: builder.signatory }, "it")).toBeUndefined();
  });

  test("tells no signature from none that is acceptable", () => {
    expect(refusalOf({ candidates: [], acceptedBy: undefined }, "it")).toMatchObject({
      code: "SIGNATURE_MISSING",
      message: "it is not signed",
    });
    expect(refusalOf({ candidates: [candidate], acceptedBy: undefined }, "it")).toMatchObject({
      code: "SIGNATURE_REJECTED",
      message: "the only signature candidate of it is not acceptable",
      details: [`refused ${digestOf("x").slice(0, 19)}…: KEY_UNTRUSTED no`],
    });
  });
});

describe("a flood of referrers", () => {
  /** Writes the layout's files directly: announcing a thousand manifests one by one would take its time. */
  async function layoutWith(count: number, directory: string): Promise<Digest> {
    const blobs = join(directory, "blobs/sha256");
    await mkdir(blobs, { recursive: true });
    await writeFile(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    const put = async (bytes: Uint8Array | string): Promise<Descriptor> => {
      const digest = digestOf(bytes);
      await writeFile(join(blobs, hexOf(digest)), bytes);
      return { mediaType: manifestType, digest, size: Buffer.byteLength(bytes) };
    };
    const subject = await put(JSON.stringify(manifestWith({})));
    await put(emptyJson.bytes);
    const bundle = await put(await signatureBy(builder, subject));
    const manifests = [subject];
    for (let n = 0; n < count; n += 1) {
      manifests.push(await put(encodeBundleManifest({ subject, bundle, predicateType: "x", tag: `t${n}`, created })));
    }
    await writeFile(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
    return subject.digest;
  }

  test.each([
    [1_000, undefined],
    [1_001, "EVIDENCE_FLOOD"],
  ])("%d referrers: %s", async (count, code) => {
    await using root = await temporaryDirectory();
    const subject = await layoutWith(count, root.path);
    const { store } = await openLayout(root.path);
    const verdict = verifySignature(store, subject, builder.recognises);
    if (code === undefined) return expect((await verdict).candidates).toHaveLength(count);
    await expect(verdict).rejects.toMatchObject({
      code,
      family: "refused",
      message: `${subject} has 1001 referrers; 1000 are examined at most`,
    });
  });
});

test("a signature made outside, over the payload that cosign signs, is accepted", async () => {
  await using at = await storeWithSubject();
  const payload = Buffer.from(encodeSignatureStatement(at.subject.digest));
  const signed = Buffer.concat([Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `), payload]);
  const bundle = {
    mediaType: bundleMediaType,
    verificationMaterial: { publicKey: { hint: builder.trusted.hint } },
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType: "application/vnd.in-toto+json",
      signatures: [{ sig: sign("sha256", signed, builder.key).toString("base64") }],
    },
  };
  const digest = await at.attach(Buffer.from(JSON.stringify(bundle)));
  expect(await verdicts(at)).toEqual({ [digest]: "accepted" });
});
