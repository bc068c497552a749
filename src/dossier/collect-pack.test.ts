import { describe, expect, it } from "vitest";
import { Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { defineErrors } from "../errors/index.ts";
import { fetchRelease } from "../formats/index.ts";
import {
  annotation,
  type Digest,
  digestOf,
  emptyJson,
  encodeManifest,
  maxManifestBytes,
  mediaType,
  ociError,
  parseManifest,
  type ReadableStore,
} from "../oci/index.ts";
import { collectEvidence } from "../signing/index.ts";
import { collectPack } from "./collect-pack.ts";
import { EvidencePack } from "./evidence-pack.ts";
import { readDossier } from "./read-dossier.ts";

const note = "https://example.com/note/v1";
const kib = 1024;
/** A predicate whose bundle has a little more than this many bytes. */
const sized = (bytes: number, mark = "") => ({ mark, text: "x".repeat(Math.floor((bytes * 3) / 4)) });

const outside = defineErrors("Outside", {
  OUT_OF_REACH: { family: "temporary", meaning: "It did not answer.", remedy: "Run it again." },
});

async function collect(scene: Scene, store: ReadableStore = scene.store) {
  const release = await fetchRelease(scene.store, { digest: scene.subject().digest });
  return collectPack(store, release, scene.inForce.bytes);
}

/** The digests of a bundle, of what attaches it, and of that one's config. */
async function piecesOf(scene: Scene, manifest: Digest) {
  const descriptor = await scene.store.resolve({ digest: manifest });
  const { config, layers } = parseManifest(await scene.store.fetch(descriptor, maxManifestBytes), "it");
  return { manifest, config: config.digest, bundle: layers[0]?.digest ?? manifest };
}

/** Attaches the same bundle once more, as a tool does that writes a config. */
async function withOwnConfig(scene: Scene, { manifest: like }: { readonly manifest: Digest }) {
  const known = await scene.store.resolve({ digest: like });
  const { subject, layers } = parseManifest(await scene.store.fetch(known, maxManifestBytes), "it");
  if (subject === undefined) throw new Error("it is attached to nothing");
  const config = await scene.store.push("application/json", Buffer.from('{"by":"another tool"}'));
  const manifest = encodeManifest({ schemaVersion: 2, mediaType: mediaType.manifest, config, layers, subject });
  const { digest } = await scene.store.addManifest(manifest, "1.0.0-jetson_note.other.1");
  return piecesOf(scene, digest);
}

/** A store that fails when it is asked for some content. */
function failing(scene: Scene, digest: Digest, failure: Error): ReadableStore {
  const store = scene.store.copy();
  const fetch: ReadableStore["fetch"] = async (descriptor, limit) => {
    if (descriptor.digest === digest) throw failure;
    return scene.store.fetch(descriptor, limit);
  };
  return Object.assign(store, { fetch });
}

describe("a pack", () => {
  it("has the manifest, config and metadata of the release, the policy, each bundle, and nothing else", async () => {
    const scene = await Scene.open();
    const { manifest } = await scene.state(note, { fine: true }, { by: "judge", tag: "1" });
    const { contents, leftOut } = await collect(scene);
    const { form, subject } = await fetchRelease(scene.store, { digest: scene.subject().digest });
    const metadata = form.files.find(({ path }) => path === "metadata.json");
    const pieces = await piecesOf(scene, manifest);
    expect([...contents.keys()].toSorted()).toEqual(
      [
        subject.digest,
        form.config.digest,
        metadata?.blob.digest,
        digestOf(scene.inForce.bytes),
        ...Object.values(pieces),
      ].toSorted(),
    );
    for (const [digest, bytes] of contents) expect(digestOf(bytes)).toBe(digest);
    expect(leftOut).toBe(0);
  });

  it("has the links and summaries that earlier promotions left", async () => {
    const scene = await Scene.open();
    await scene.promote("staging", { by: "erin" });
    await scene.promote("production", { by: "lena" });
    // What the ledger holds is what the second promotion collected: the first link, and its summary.
    const pack = new EvidencePack("pack", (await scene.ledger?.pack("retina/seg", "1.0.0-jetson")) ?? new Map());
    const found = await collectEvidence(pack, scene.subject().digest, scene.inForce.trust.signers);
    const types = found.map(({ judgement }) => (judgement.accepted ? judgement.statement.predicateType : "refused"));
    expect(types.toSorted()).toEqual(["https://slsa.dev/verification_summary/v1", "urn:slipway:promotion:v1"]);
  });

  it("is read like the store that it was collected from, without that store", async () => {
    const scene = await Scene.open();
    for (const by of ["ci", "judge", "stranger"] as const) await scene.state(note, { by }, { by, tag: by });
    await scene.promote("staging", { by: "erin" });
    const { contents } = await collect(scene);
    const { digest } = scene.subject();
    const ledger = await scene.ledger?.entries("retina/seg");
    const sources = { ledger, trust: scene.inForce.trust };
    const fromStore = await readDossier({ digest }, { store: scene.store, complete: true, ...sources });
    const fromPack = await readDossier(
      { digest },
      { store: new EvidencePack("pack", contents), complete: false, ...sources },
    );
    const inOrder = <T extends { readonly statement: string }>(items: readonly T[]) =>
      items.toSorted((a, b) => a.statement.localeCompare(b.statement));
    expect({ ...fromPack, evidence: inOrder(fromPack.evidence) }).toEqual({
      ...fromStore,
      evidence: inOrder(fromStore.evidence),
      links: { ...fromStore.links, store: undefined },
    });
    expect(fromPack.evidence).toHaveLength(4);
    expect(fromPack.refused).toMatchObject([{ why: expect.stringContaining("not trusted") }]);
  });

  it("has nothing of what is attached and is no bundle", async () => {
    const scene = await Scene.open();
    const { digest, size, mediaType: type } = scene.subject();
    const layer = await scene.store.push("application/vnd.example.sbom", Buffer.from("{}"));
    await scene.store.push(mediaType.emptyJson, emptyJson.bytes);
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaType.manifest,
      artifactType: "application/vnd.example.sbom",
      config: emptyJson.descriptor,
      layers: [layer],
      subject: { mediaType: type, digest, size },
      annotations: { [annotation.ownTag]: "1.0.0-jetson_sbom.1.1" },
    });
    await scene.store.addManifest(manifest, "1.0.0-jetson_sbom.1.1");
    const { contents, leftOut } = await collect(scene);
    expect(contents.has(digestOf(manifest))).toBe(false);
    expect([contents.size, leftOut]).toEqual([4, 0]);
  });
});

describe("what does not fit", () => {
  it.each([
    ["a statement of more than 64 KiB is left out", 66 * kib, 1],
    ["one of less is kept", 62 * kib, 0],
  ])("%s, and counted", async (_, size, expected) => {
    const scene = await Scene.open();
    const small = await scene.state(note, { small: true }, { by: "judge", tag: "small" });
    const large = await scene.state(note, sized(size), { by: "judge", tag: "large" });
    const { contents, leftOut } = await collect(scene);
    const pieces = await piecesOf(scene, large.manifest);
    expect(leftOut).toBe(expected);
    expect([contents.has(pieces.bundle), contents.has(pieces.manifest)]).toEqual([!expected, !expected]);
    expect(contents.has((await piecesOf(scene, small.manifest)).bundle)).toBe(true);
  });

  it("256 KiB are kept at most: the smallest first, whatever came first", async () => {
    const scene = await Scene.open();
    const attached = [];
    for (const [place, size] of [60, 60, 60, 60, 30, 30].entries()) {
      const predicate = sized(size * kib, String(place));
      attached.push(await scene.state(note, predicate, { by: "judge", tag: String(place) }));
    }
    const { contents, leftOut } = await collect(scene);
    const size = [...contents.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    expect(size).toBeLessThanOrEqual(256 * kib);
    expect(leftOut).toBe(1);
    const kept = attached.map(({ manifest }) => contents.has(manifest));
    expect(kept.filter((there) => there)).toHaveLength(5);
    expect(kept.slice(4)).toEqual([true, true]);
    const found = await collectEvidence(
      new EvidencePack("pack", contents),
      scene.subject().digest,
      scene.inForce.trust.signers,
    );
    expect(found.map(({ judgement }) => judgement.accepted)).toEqual(Array(5).fill(true));
  });

  it.each(["bundle", "config"] as const)(
    "a damaged %s is left out, counted, and does not keep out the others",
    async (damaged) => {
      const scene = await Scene.open();
      const bad = await withOwnConfig(scene, await scene.state(note, { n: 1 }, { by: "judge", tag: "1" }));
      const good = await scene.state(note, { n: 2 }, { by: "judge", tag: "2" });
      const altered = failing(scene, bad[damaged], ociError("STORE_CORRUPT", "it was altered"));
      const { contents, leftOut } = await collect(scene, altered);
      expect(leftOut).toBe(damaged === "bundle" ? 2 : 1);
      expect([contents.has(bad.manifest), contents.has(bad.config)]).toEqual([false, false]);
      expect(contents.has(good.manifest)).toBe(true);
    },
  );

  it("a config of its own comes along", async () => {
    const scene = await Scene.open();
    const own = await withOwnConfig(scene, await scene.state(note, { n: 1 }, { by: "judge", tag: "1" }));
    const { contents } = await collect(scene);
    expect(contents.get(own.config)).toEqual(Buffer.from('{"by":"another tool"}'));
    const found = await collectEvidence(
      new EvidencePack("pack", contents),
      scene.subject().digest,
      scene.inForce.trust.signers,
    );
    expect(found.map(({ judgement }) => judgement.accepted)).toEqual([true, true]);
  });

  it("but a store that is out of reach for a moment is not one that has nothing", async () => {
    const scene = await Scene.open();
    const { manifest } = await scene.state(note, { n: 1 }, { by: "judge", tag: "1" });
    const { bundle } = await piecesOf(scene, manifest);
    await expectError("OUT_OF_REACH", () =>
      collect(scene, failing(scene, bundle, outside("OUT_OF_REACH", "it timed out"))),
    );
  });
});
