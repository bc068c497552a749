import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLayout, packInto, writeFiles } from "../../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { type Descriptor, digestOf, type Manifest, parseManifest } from "../../oci/index.ts";
import { fetchRelease } from "./fetch-release.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const limit = 4 * 1024 * 1024;

/** A packed release, its manifest and its config. */
async function packedRelease() {
  const root = await temporaryDirectory();
  await writeFiles(root.at("model"), { "a.bin": "a", "b/c.bin": "c" });
  const { subject } = await packInto(root.at("store"), root.at("model"));
  const { store } = await openLayout(root.at("store"));
  const manifest = parseManifest(await store.fetch(subject, limit), "it");
  const config = JSON.parse(Buffer.from(await store.fetch(manifest.config, limit)).toString("utf8"));
  return {
    layout: root.at("store"),
    store,
    subject,
    manifest,
    config,
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

type Packed = Awaited<ReturnType<typeof packedRelease>>;

/** Announces another manifest beside the release, as whoever may write to the store can. */
async function announce(
  { store, manifest }: Packed,
  config: Uint8Array | string,
  changes: Partial<Manifest> = {},
): Promise<Descriptor> {
  const pushed = await store.push(manifest.config.mediaType, Buffer.from(config));
  const altered = { ...manifest, config: { ...manifest.config, digest: pushed.digest, size: pushed.size }, ...changes };
  return store.announce(Buffer.from(JSON.stringify(altered)), manifestType, "other");
}

test("a release is fetched by its digest, and by tag and digest", async () => {
  await using at = await packedRelease();
  const { digest } = at.subject;
  const fetched = await fetchRelease(at.store, { digest });
  expect(fetched.subject).toEqual(at.subject);
  expect(fetched.form.files.map(({ path }) => path)).toEqual(["a.bin", "b/c.bin", "metadata.json"]);
  expect(await fetchRelease(at.store, { tag: "1.0.0-jetson", digest })).toEqual(fetched);
});

test("a tag that points elsewhere is refused, and so is what is not there", async () => {
  await using at = await packedRelease();
  const { digest } = await announce(at, JSON.stringify(at.config), {
    annotations: { ...at.manifest.annotations, more: "" },
  });
  await expect(fetchRelease(at.store, { tag: "1.0.0-jetson", digest })).rejects.toMatchObject({ code: "TAG_MISMATCH" });
  await expect(fetchRelease(at.store, { digest: digestOf("nothing") })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test.each<[string, (config: Packed["config"]) => unknown, string]>([
  [
    "another name",
    (config) => ({ ...config, descriptor: { ...config.descriptor, name: "other" } }),
    "names other 1.0.0, its manifest retina/seg 1.0.0",
  ],
  [
    "another version",
    (config) => ({ ...config, descriptor: { ...config.descriptor, version: "2.0.0" } }),
    "names retina/seg 2.0.0, its manifest retina/seg 1.0.0",
  ],
  [
    "another file",
    (config) => withFiles(config, (ids) => ids.with(0, digestOf("evil"))),
    "names other files than its manifest",
  ],
  ["a file less", (config) => withFiles(config, (ids) => ids.slice(1)), "names other files than its manifest"],
  [
    "a file more",
    (config) => withFiles(config, (ids) => [...ids, digestOf("evil")]),
    "names other files than its manifest",
  ],
  [
    "its files in another order",
    (config) => withFiles(config, (ids) => ids.toReversed()),
    "names other files than its manifest",
  ],
  ["no files", (config) => withFiles(config, () => []), "names other files than its manifest"],
  [
    "files of an archive",
    (config) => ({ ...config, modelfs: { ...config.modelfs, type: "archive" } }),
    "is not a ModelPack config",
  ],
  ["no descriptor", ({ descriptor: _, ...config }) => config, "is not a ModelPack config"],
  ["no modelfs", ({ modelfs: _, ...config }) => config, "is not a ModelPack config"],
  ["a list", () => [], "is not a ModelPack config"],
  ["null", () => null, "is not a ModelPack config"],
])("a config that says %s is refused", async (_, change, why) => {
  await using at = await packedRelease();
  const { digest } = await announce(at, JSON.stringify(change(structuredClone(at.config))));
  await expect(fetchRelease(at.store, { digest })).rejects.toMatchObject({
    code: "FORM_MALFORMED",
    family: "refused",
    message: `the config of oci:${at.layout}@${digest} ${why}`,
  });
});

function withFiles(config: Packed["config"], change: (diffIds: string[]) => string[]): unknown {
  return { ...config, modelfs: { ...config.modelfs, diffIds: change(config.modelfs.diffIds) } };
}

test.each([
  ["no JSON", Buffer.from("{")],
  ["nothing", Buffer.alloc(0)],
  ["not UTF-8", Buffer.concat([Buffer.from('{"descriptor":"'), Buffer.from([0xff]), Buffer.from('"}')])],
])("a config that is %s is refused", async (_, config) => {
  await using at = await packedRelease();
  const { digest } = await announce(at, config);
  await expect(fetchRelease(at.store, { digest })).rejects.toMatchObject({
    code: "FORM_MALFORMED",
    message: expect.stringMatching(/^the config of .* is not JSON$/),
  });
});

test("a config with members that ModelPack adds later is read", async () => {
  await using at = await packedRelease();
  const { digest } = await announce(at, JSON.stringify({ ...at.config, later: true }));
  await expect(fetchRelease(at.store, { digest })).resolves.toMatchObject({ subject: { digest } });
});

test.each<[string, Partial<Manifest>, string]>([
  ["an image", { artifactType: undefined }, "FORM_UNSUPPORTED"],
  ["something with a path that leads out", { layers: [layerAt("../../etc/cron.d/x")] }, "FORM_MALFORMED"],
])("%s is refused", async (_, changes, code) => {
  await using at = await packedRelease();
  const { digest } = await announce(at, JSON.stringify(at.config), changes);
  await expect(fetchRelease(at.store, { digest })).rejects.toMatchObject({ code });
});

function layerAt(path: string): Manifest["layers"][number] {
  const annotations = { "org.cncf.model.filepath": path };
  return { mediaType: "application/vnd.cncf.model.weight.v1.raw", digest: digestOf(""), size: 0, annotations };
}

test("what index.json says about the manifest is not believed", async () => {
  await using at = await packedRelease();
  const index = join(at.layout, "index.json");
  const text = await readFile(index, "utf8");
  await writeFile(index, text.replace(`"${manifestType}","digest"`, '"application/vnd.example.other","digest"'));
  expect((await at.store.resolve({ digest: at.subject.digest })).mediaType).toBe("application/vnd.example.other");
  const { subject } = await fetchRelease(at.store, { digest: at.subject.digest });
  // A signature names its subject's type; a lie must not get into it.
  expect(subject).toEqual(at.subject);
});

test("an altered config is refused before anything in it is read", async () => {
  await using at = await packedRelease();
  const blob = join(at.layout, "blobs/sha256", at.manifest.config.digest.slice("sha256:".length));
  const bytes = await readFile(blob, "utf8");
  await writeFile(blob, bytes.replace("retina/seg", "retina/sag"));
  await expect(fetchRelease(at.store, { digest: at.subject.digest })).rejects.toMatchObject({ code: "STORE_CORRUPT" });
});
