import { generateKeyPairSync } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLayout, packInto, writeFiles } from "../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { treeOf } from "../../test/support/tree.ts";
import { encodeSignatureStatement, predicateType } from "../evidence/index.ts";
import { digestOf, maxManifestBytes, parseManifest } from "../oci/index.ts";
import { attachBundle, findOwnSignature } from "./attach.ts";
import { signStatement } from "./bundle.ts";
import { bundleMediaType } from "./bundle-types.ts";
import { readSigningKey, type SigningKey } from "./key.ts";
import { verifySignature } from "./verify-signature.ts";

function signingKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return readSigningKey(Buffer.from(String(privateKey.export({ type: "pkcs8", format: "pem" }))), undefined, "key");
}

const builder = signingKey();
const other = signingKey();

/** A packed release in a layout, and `sign`, which does what the step does. */
async function packedRelease() {
  const root = await temporaryDirectory();
  const layout = root.at("store");
  await writeFiles(root.at("model"), { "a.bin": "a" });
  const { subject } = await packInto(layout, root.at("model"));
  const { store } = await openLayout(layout);
  const attach = (run: number, key = builder, type: string = predicateType.cosignSignature) =>
    attachBundle(store, {
      subject,
      bundle: signStatement(encodeSignatureStatement(subject.digest), key),
      predicateType: type,
      tag: `1.0.0-jetson_sign.${run}.1`,
      created: new Date(run * 1000),
    });
  const find = (key = builder) => findOwnSignature(store, subject.digest, key.trusted);
  const sign = async (run: number, key = builder) => (await find(key)) ?? (await attach(run, key));
  const editIndex = async (edit: (text: string) => string): Promise<void> => {
    const path = join(layout, "index.json");
    await writeFile(path, edit(await readFile(path, "utf8")));
  };
  return {
    layout,
    store,
    subject,
    attach,
    find,
    sign,
    editIndex,
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

describe("attachBundle", () => {
  test("makes a referrer of the subject that is found, verified, and kept alive by its tag", async () => {
    await using at = await packedRelease();
    const { digest, tag } = await at.attach(7);

    expect(tag).toBe("1.0.0-jetson_sign.7.1");
    const descriptor = await at.store.resolve({ tag, digest });
    expect((await at.store.referrers(at.subject.digest)).map((referrer) => referrer.digest)).toEqual([digest]);
    const manifest = parseManifest(await at.store.fetch(descriptor, maxManifestBytes), "it");
    expect(manifest).toMatchObject({
      artifactType: bundleMediaType,
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 },
      subject: { mediaType: at.subject.mediaType, digest: at.subject.digest, size: at.subject.size },
      annotations: { "io.slipway.tag": tag, "org.opencontainers.image.created": "1970-01-01T00:00:07Z" },
    });
    // Everything that it names is there.
    for (const { digest: blob, size } of [manifest.config, ...manifest.layers]) {
      expect(await at.store.exists(blob, size)).toBe(true);
    }
    expect((await verifySignature(at.store, at.subject.digest, [builder.trusted])).acceptedBy).toBe(builder.trusted);
  });

  test("never takes a tag from another bundle", async () => {
    await using at = await packedRelease();
    const { digest } = await at.attach(7);
    await expect(at.attach(7, other)).rejects.toMatchObject({ code: "IMMUTABLE_CONFLICT" });
    expect((await at.store.resolve({ tag: "1.0.0-jetson_sign.7.1" })).digest).toBe(digest);
  });
});

describe("findOwnSignature", () => {
  test("finds nothing where nothing is", async () => {
    await using at = await packedRelease();
    expect(await at.find()).toBeUndefined();
  });

  test("makes signing twice the same as signing once", async () => {
    await using at = await packedRelease();
    const first = await at.sign(1);
    const before = await treeOf(at.layout);
    expect(await at.sign(2)).toEqual(first);
    expect(await treeOf(at.layout)).toEqual(before);
  });

  test("does not take another key's signature for its own", async () => {
    await using at = await packedRelease();
    await at.sign(1, other);
    expect(await at.find()).toBeUndefined();
    const own = await at.sign(2);
    expect(await at.find()).toEqual(own);
    expect(await at.find(other)).toMatchObject({ tag: "1.0.0-jetson_sign.1.1" });
  });

  test("does not take other evidence by the same key for a signature", async () => {
    await using at = await packedRelease();
    const statement = JSON.parse(Buffer.from(encodeSignatureStatement(at.subject.digest)).toString("utf8"));
    const predicateType = "https://in-toto.io/attestation/test-result/v0.1";
    const failed = Buffer.from(JSON.stringify({ ...statement, predicateType, predicate: { result: "FAILED" } }));
    const bundle = signStatement(failed, builder);
    const created = new Date(0);
    await attachBundle(at.store, { subject: at.subject, bundle, predicateType, tag: "1.0.0-jetson_eval.1.1", created });
    expect(await at.find()).toBeUndefined();
  });

  test("gives back a tag that the index lost", async () => {
    await using at = await packedRelease();
    const signed = await at.sign(1);
    await at.editIndex((text) => text.replace(/,"annotations":\{"[^"]*":"1\.0\.0-jetson_sign\.1\.1"\}/, ""));
    await expect(at.store.resolve({ tag: signed.tag })).rejects.toMatchObject({ code: "NOT_FOUND" });

    expect(await at.sign(2)).toEqual(signed);
    expect((await at.store.resolve({ tag: signed.tag })).digest).toBe(signed.digest);
    expect(await at.store.tags()).toHaveLength(2);
  });

  test("passes over a signature whose bundle was lost, and signs again", async () => {
    await using at = await packedRelease();
    const first = await at.sign(1);
    const manifest = parseManifest(await at.store.fetch(await at.store.resolve(first), maxManifestBytes), "it");
    await rm(join(at.layout, "blobs/sha256", manifest.layers[0]?.digest.slice("sha256:".length) ?? ""));
    const second = await at.sign(2);
    expect(second.tag).toBe("1.0.0-jetson_sign.2.1");
    const { candidates, acceptedBy } = await verifySignature(at.store, at.subject.digest, [builder.trusted]);
    expect(acceptedBy).toBe(builder.trusted);
    expect(candidates).toHaveLength(2);
  });

  test("passes over a signature that cosign made with the same key, and adds its own with its tag", async () => {
    await using at = await packedRelease();
    const bundle = await at.store.push(
      bundleMediaType,
      signStatement(encodeSignatureStatement(at.subject.digest), builder),
    );
    const { mediaType, digest, size } = at.subject;
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: bundleMediaType,
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 },
      layers: [bundle],
      subject: { mediaType, digest, size },
    };
    await at.store.push("application/vnd.oci.empty.v1+json", Buffer.from("{}"));
    await at.store.announce(Buffer.from(JSON.stringify(manifest)), manifest.mediaType, "by-cosign");
    expect(await at.find()).toBeUndefined();
    const own = await at.sign(1);
    expect(own.tag).toBe("1.0.0-jetson_sign.1.1");
    expect(await at.sign(2)).toEqual(own);
    expect((await verifySignature(at.store, digest, [builder.trusted])).candidates).toHaveLength(2);
  });
});
