import { generateKeyPairSync } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLayout, packInto, writeFiles } from "../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { treeOf } from "../../test/support/tree.ts";
import { encodeSignatureStatement, encodeStatement } from "../evidence/index.ts";
import { type Digest, digestOf, hexOf, maxManifestBytes, parseManifest, type WritableStore } from "../oci/index.ts";
import {
  type AttachedEvidence,
  attachSignature,
  attachStatement,
  completeStatement,
  type EvidenceFormat,
} from "./attach.ts";
import { signStatement } from "./bundle.ts";
import { bundleMediaType } from "./bundle-types.ts";
import { collectEvidence } from "./collect-evidence.ts";
import { findSignature } from "./find-signature.ts";
import { readSigningKey } from "./key.ts";
import { keySigner } from "./key-signer.ts";
import { encodeSimpleSigning } from "./legacy/simple-signing.ts";
import type { StatementSigner } from "./signer.ts";
import { verifySignature } from "./verify-signature.ts";

function signingKey(): StatementSigner {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return keySigner(
    readSigningKey(Buffer.from(String(privateKey.export({ type: "pkcs8", format: "pem" }))), undefined, "key"),
  );
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
  const attach = (run: number, key = builder, format: EvidenceFormat = "bundle", bundled?: AttachedEvidence) =>
    attachSignature(store, {
      bundled,
      format,
      subject,
      statement: encodeSignatureStatement(subject.digest),
      signer: key,
      tag: `1.0.0-jetson_sign.${run}.1`,
      created: new Date(run * 1000),
    });
  const find = async (key = builder) => (await findSignature(store, subject.digest, key, "bundle")).bundle;
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

describe("attachSignature", () => {
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
    expect((await verifySignature(at.store, at.subject.digest, builder.recognises)).acceptedBy).toEqual(
      builder.signatory,
    );
  });

  test("never takes a tag from another bundle", async () => {
    await using at = await packedRelease();
    const { digest } = await at.attach(7);
    await expect(at.attach(7, other)).rejects.toMatchObject({ code: "IMMUTABLE_CONFLICT" });
    expect((await at.store.resolve({ tag: "1.0.0-jetson_sign.7.1" })).digest).toBe(digest);
  });
});

describe("findSignature", () => {
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
    const bundle = await signStatement(failed, builder);
    const created = new Date(0);
    await attachStatement(at.store, {
      format: "bundle",
      subject: at.subject,
      bundle,
      predicateType,
      tag: "1.0.0-jetson_eval.1.1",
      created,
    });
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
    const { candidates, acceptedBy } = await verifySignature(at.store, at.subject.digest, builder.recognises);
    expect(acceptedBy).toEqual(builder.signatory);
    expect(candidates).toHaveLength(2);
  });

  test("passes over a signature that cosign made with the same key, and adds its own with its tag", async () => {
    await using at = await packedRelease();
    const bundle = await at.store.push(
      bundleMediaType,
      await signStatement(encodeSignatureStatement(at.subject.digest), builder),
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
    expect((await verifySignature(at.store, digest, builder.recognises)).candidates).toHaveLength(2);
  });
});

describe("in cosign's older storage", () => {
  const predicateType = "https://example.com/review/v1";
  const statement = (subject: Digest, n = 0) => encodeStatement(subject, predicateType, { n });

  test("a signature and a statement are found, verified, and each kept alive by a tag of its own", async () => {
    await using at = await packedRelease();
    const { subject, store } = at;
    const signed = await at.attach(7, builder, "legacy");
    expect(signed.tag).toBe("1.0.0-jetson_sign.7.1");
    const bundle = await signStatement(statement(subject.digest), builder);
    const tag = "1.0.0-jetson_review.7.1";
    await attachStatement(store, { subject, bundle, predicateType, tag, created: new Date(0), format: "legacy" });

    expect(await store.referrers(subject.digest)).toEqual([]);
    const hex = hexOf(subject.digest);
    expect([...(await store.tags())].sort()).toEqual([
      "1.0.0-jetson",
      expect.stringMatching(/^1\.0\.0-jetson_att-[0-9a-f]{16}$/),
      tag,
      expect.stringMatching(/^1\.0\.0-jetson_sig-[0-9a-f]{16}$/),
      signed.tag,
      `sha256-${hex}.att`,
      `sha256-${hex}.sig`,
    ]);
    const found = await collectEvidence(store, subject.digest, builder.recognises);
    expect(found.map(({ storage, judgement }) => [storage, judgement.accepted])).toEqual([
      ["legacy", true],
      ["legacy", true],
    ]);
    expect((await verifySignature(store, subject.digest, builder.recognises)).acceptedBy).toEqual(builder.signatory);
    expect((await verifySignature(store, subject.digest, other.recognises)).acceptedBy).toBeUndefined();
  });

  test("is what is missing when a signature is in a bundle alone, and nothing is signed twice", async () => {
    await using at = await packedRelease();
    const { subject, store } = at;
    expect(await findSignature(store, subject.digest, builder, "both")).toEqual({ missing: "both" });
    const bundle = await at.attach(1);
    expect(await findSignature(store, subject.digest, builder, "both")).toEqual({ bundle, missing: "legacy" });
    expect(await findSignature(store, subject.digest, builder, "bundle")).toEqual({ bundle });
    expect(await at.attach(1, builder, "legacy", bundle)).toEqual(bundle);
    expect(await findSignature(store, subject.digest, builder, "both")).toMatchObject({ bundle, missing: undefined });
    expect((await verifySignature(store, subject.digest, builder.recognises)).candidates).toHaveLength(2);
  });

  test("a signature that is there alone gets a bundle beside it, with a tag of its own", async () => {
    await using at = await packedRelease();
    const { subject, store } = at;
    await at.attach(1, builder, "legacy");
    const { bundle, legacy, missing } = await findSignature(store, subject.digest, builder, "both");
    expect([bundle, missing]).toEqual([undefined, "bundle"]);
    expect(legacy?.tag).toMatch(/^1\.0\.0-jetson_sig-/);
    const added = await at.attach(2, builder, "bundle");
    expect(await findSignature(store, subject.digest, builder, "both")).toMatchObject({ bundle: added, legacy });
  });

  test("many attach at once, and none is lost", async () => {
    await using at = await packedRelease();
    const { subject, store, layout } = at;
    const attach = async (n: number) => {
      const { store: own } = await openLayout(layout);
      const bundle = await signStatement(statement(subject.digest, n), builder);
      const tag = `1.0.0-jetson_review.${n}.1`;
      await attachStatement(own, { subject, bundle, predicateType, tag, created: new Date(0), format: "both" });
    };
    await Promise.all(Array.from({ length: 12 }, (_, n) => attach(n)));
    const found = await collectEvidence(store, subject.digest, builder.recognises);
    for (const storage of ["bundle", "legacy"]) {
      const own = found.filter((one) => one.storage === storage);
      const said = own.map(({ judgement }) =>
        judgement.accepted ? judgement.statement.predicate["n"] : judgement.why,
      );
      expect(said.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, n) => n));
    }
  });

  /** A store that dies before it does something for the nth time, as a process does. */
  function dying(store: WritableStore, method: "announce" | "hint", nth: number): WritableStore {
    let left = nth;
    const die = () => {
      left -= 1;
      if (left === 0) throw new Error("killed");
    };
    return new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (name === method) die();
          return Reflect.apply(value, target, args);
        };
      },
    });
  }

  test.each([
    ["before its layer's own tag", "announce", 2],
    ["before the shared tag", "hint", 1],
  ] as const)(
    "a statement that was cut off %s is completed, and one that was not stays as it is",
    async (_, method, nth) => {
      await using at = await packedRelease();
      const { subject, store, layout } = at;
      const tag = "1.0.0-jetson_review.7.1";
      const bundle = await signStatement(statement(subject.digest), builder);
      const place = { subject, tag, predicateType, created: new Date(0), format: "both" } as const;
      await expect(attachStatement(dying(store, method, nth), { ...place, bundle })).rejects.toThrow("killed");
      await completeStatement(store, place);
      const found = await collectEvidence(store, subject.digest, builder.recognises);
      expect(found.map(({ storage, judgement }) => [storage, judgement.accepted])).toEqual([
        ["bundle", true],
        ["legacy", true],
      ]);
      const before = await treeOf(layout);
      await completeStatement(store, place);
      expect(await treeOf(layout)).toEqual(before);
    },
  );

  test.each([
    ["before its layer's own tag", "announce", 2],
    ["before the shared tag", "hint", 1],
  ] as const)("a signature that was cut off %s is completed by signing again", async (_, method, nth) => {
    await using at = await packedRelease();
    const { subject, store } = at;
    const sign = async (on: WritableStore) => {
      const { bundle, missing } = await findSignature(on, subject.digest, builder, "both");
      if (missing === undefined) return;
      const tag = "1.0.0-jetson_sign.7.1";
      const place = { subject, tag, created: new Date(0), format: missing, bundled: bundle };
      await attachSignature(on, { ...place, statement: encodeSignatureStatement(subject.digest), signer: builder });
    };
    await expect(sign(dying(store, method, nth))).rejects.toThrow("killed");
    await sign(store);
    const { candidates } = await verifySignature(store, subject.digest, builder.recognises);
    expect(candidates.map(({ storage, objection }) => [storage, objection])).toEqual([
      ["bundle", undefined],
      ["legacy", undefined],
    ]);
  });

  test("what another tool undid comes back with the next signer", async () => {
    await using at = await packedRelease();
    const { subject, store } = at;
    await at.attach(1, builder, "legacy");
    await store.hint(`sha256-${hexOf(subject.digest)}.sig`, undefined);
    expect((await verifySignature(store, subject.digest, builder.recognises)).candidates).toEqual([]);
    await at.attach(2, other, "legacy");
    expect((await verifySignature(store, subject.digest, builder.recognises)).candidates).toHaveLength(2);
  });

  test.each([
    ["a payload", (layer: Uint8Array) => Buffer.from(layer.toString().replace("cosign container", "cosign Container"))],
  ])("%s that was altered in the store is no signature", async (_, alter) => {
    await using at = await packedRelease();
    await at.attach(1, builder, "legacy");
    const payload = encodeSimpleSigning(at.subject.digest, "");
    const path = join(at.layout, "blobs/sha256", hexOf(digestOf(payload)));
    await writeFile(path, alter(await readFile(path)));
    const { candidates, acceptedBy } = await verifySignature(at.store, at.subject.digest, builder.recognises);
    expect(acceptedBy).toBeUndefined();
    expect(candidates[0]?.judgement).toMatchObject({ accepted: false, code: "EVIDENCE_UNREADABLE" });
  });
});
