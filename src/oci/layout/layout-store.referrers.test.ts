import { readFile, truncate, writeFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { announceSample, manifestOf, storeAt } from "../../../test/support/layout.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { digestOf, hexOf } from "../digest.ts";
import type { Descriptor } from "../manifest.ts";
import { mediaType } from "../media-types.ts";

describe("what refers to a subject", () => {
  it("is found among manifests and indexes, with what they themselves say, and nothing else is", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const subject = await announceSample(store, "v1");
    const other = await announceSample(store, "v2");
    const scan = await announceSample(store, "v1_scan.1.1", { subject });
    await announceSample(store, "v2_scan.1.1", { subject: other });
    const index = { schemaVersion: 2, mediaType: mediaType.index, manifests: [], subject, annotations: { a: "b" } };
    const attached = await store.announce(
      new TextEncoder().encode(JSON.stringify(index)),
      mediaType.index,
      "v1_sbom.1.1",
    );
    expect(await store.referrers(subject.digest)).toEqual([
      { ...scan, annotations: { "io.slipway.tag": "v1_scan.1.1", note: "" } },
      { ...attached, artifactType: undefined, annotations: { a: "b" } },
    ]);
    expect(await store.referrers(digestOf("nothing"))).toEqual([]);
  });

  it("is found without a tag too, as other tools list it, and once for several tags", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const subject = await announceSample(store, "v1");
    const manifest = manifestOf("evidence", { subject });
    for (const tag of ["evidence", "again"]) await store.announce(manifest, mediaType.manifest, tag);
    await editIndex(root, (entries) => entries.map((entry) => ({ ...entry, annotations: undefined })));
    expect((await store.referrers(subject.digest)).map(({ digest }) => digest)).toEqual([digestOf(manifest)]);
  });

  it("is believed from its manifest, not from what index.json says of it", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const subject = await announceSample(store, "v1");
    await announceSample(store, "v1_scan.1.1", { subject });
    await editIndex(root, (entries) =>
      entries.map((entry) => ({ ...entry, artifactType: "application/vnd.example.forged" })),
    );
    const [found] = await store.referrers(subject.digest);
    expect(found?.artifactType).toBe("application/vnd.example.model");
  });

  it("is not looked for in content of other types", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const subject = await announceSample(store, "v1");
    await editIndex(root, (entries) => [
      ...entries,
      { mediaType: "application/vnd.docker.distribution.manifest.v2+json", digest: digestOf("gone"), size: 4 },
      { mediaType: "text/plain", digest: digestOf("gone"), size: 4 },
    ]);
    expect(await store.referrers(subject.digest)).toEqual([]);
  });
});

describe("what might be evidence and cannot be read stops the search", () => {
  const hostile = async (bytes: Uint8Array, type: string, code: string): Promise<void> => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const subject = await announceSample(store, "v1");
    const { digest, size } = await store.push(type, bytes);
    await editIndex(root, (entries) => [...entries, { mediaType: type, digest, size }]);
    expect((await expectError(code, () => store.referrers(subject.digest))).family).toBe("refused");
  };

  test.each<[string, string | Uint8Array, string, string]>([
    ["no JSON", "nonsense", mediaType.manifest, "MANIFEST_INVALID"],
    ["an empty object", "{}", mediaType.manifest, "MANIFEST_INVALID"],
    ["a manifest listed as an index", manifestOf("x"), mediaType.index, "MANIFEST_INVALID"],
    ["an index listed as a manifest", '{"schemaVersion":2,"manifests":[]}', mediaType.manifest, "MANIFEST_INVALID"],
    [
      "a subject that is no descriptor",
      `{"schemaVersion":2,"manifests":[],"subject":{}}`,
      mediaType.index,
      "MANIFEST_INVALID",
    ],
    ["one byte more than 4 MiB", Buffer.alloc(4 * 1024 * 1024 + 1, " "), mediaType.manifest, "STORE_CORRUPT"],
  ])("%s", (_, bytes, type, code) => hostile(Buffer.from(bytes), type, code));

  it("an entry whose blob is gone, cut or not as large as it says", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const subject = await announceSample(store, "v1");
    const scan = await announceSample(store, "v1_scan.1.1", { subject });
    await truncate(root.at("store/blobs/sha256", hexOf(scan.digest)), 10);
    await expectError("STORE_CORRUPT", () => store.referrers(subject.digest));
    await editIndex(root, (entries) =>
      entries.map((entry) => (entry.digest === scan.digest ? { ...entry, size: 2 ** 52 } : entry)),
    );
    await expectError("STORE_CORRUPT", () => store.referrers(subject.digest));
  });
});

async function editIndex(root: Temporary, edit: (entries: Descriptor[]) => object[]): Promise<void> {
  const index = JSON.parse(await readFile(root.at("store/index.json"), "utf8"));
  await writeFile(root.at("store/index.json"), JSON.stringify({ ...index, manifests: edit(index.manifests) }));
}
