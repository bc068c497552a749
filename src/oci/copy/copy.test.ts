import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { layoutOptions, storeAt } from "../../../test/support/layout.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { digestOf, hexOf } from "../digest.ts";
import { type Copied, copy } from "../index.ts";
import type { LayoutStore } from "../layout/layout-store.ts";
import { parseManifest } from "../manifest.ts";
import { emptyJson, maxManifestBytes, mediaType } from "../media-types.ts";
import { MemoryRegistry } from "../registry/fixtures/memory-registry.ts";
import { type ScriptedRegistry, scriptedRegistry } from "../registry/fixtures/scripted-registry.ts";
import { RegistryStore } from "../registry/registry-store.ts";
import type { ReadableStore, WritableStore } from "../store.ts";
import { addRelease, imageManifest, type SampleRelease, signLegacy } from "./fixtures/release.ts";

let root: Temporary;
let source: LayoutStore;
let release: SampleRelease;
let memory: MemoryRegistry;
let registry: ScriptedRegistry;
let made = 0;

beforeAll(async () => {
  root = await temporaryDirectory();
  source = await storeAt(root.at("source"));
  release = await addRelease(source);
});

afterAll(() => root[Symbol.asyncDispose]());

async function serve(
  habits: ConstructorParameters<typeof MemoryRegistry>[0] = {},
  options: Parameters<typeof scriptedRegistry>[1] = {},
): Promise<void> {
  memory = new MemoryRegistry(habits);
  registry = await scriptedRegistry((...asked) => memory.script(...asked), options);
}

const repository = (name: string): RegistryStore => new RegistryStore(registry.client, name, layoutOptions().pool);

async function freshLayout(): Promise<LayoutStore> {
  made += 1;
  return storeAt(root.at(`layout-${made}`));
}

function copyAll(from: ReadableStore, to: WritableStore, what: Copied = { tag: "1.0.0" }, signal?: AbortSignal) {
  let moved = 0;
  const options = { signal: signal ?? new AbortController().signal, onBytes: (bytes: number) => (moved += bytes) };
  return copy(from, to, what, options).then((report) => ({ ...report, moved }));
}

async function refused(code: string, words: string, copying: Promise<unknown>): Promise<void> {
  const { message } = await expectError(code, () => copying);
  expect(message).toContain(words);
}

/** What a store holds, tag by tag. */
async function tagsIn(store: ReadableStore): Promise<Record<string, string>> {
  const tags = [...(await store.tags())].sort();
  return Object.fromEntries(await Promise.all(tags.map(async (tag) => [tag, (await store.resolve({ tag })).digest])));
}

/** The tags of a copy of the release. */
function expectedTags() {
  return {
    "1.0.0": release.index.digest,
    "1.0.0-gpu": release.variant.digest,
    "1.0.0-gpu_image": release.image.digest,
    "1.0.0-gpu_scan.1.1": release.scan.digest,
    "1.0.0-gpu_sign-2": release.countersignature.digest,
    [`1.0.0_by-digest-${hexOf(release.foreign.digest).slice(0, 32)}`]: release.foreign.digest,
    [`sha256-${hexOf(release.variant.digest)}.sig`]: release.signatures.digest,
  };
}

describe.each([
  ["a layout", undefined],
  ["a registry that lists referrers", { referrers: true }],
  ["a registry that does not", { referrers: false }],
] as const)("a copy into %s", (_, habits) => {
  let target: WritableStore;
  beforeEach(async () => {
    await serve(habits ?? {});
    target = habits === undefined ? await freshLayout() : repository("team/model");
    return () => registry[Symbol.asyncDispose]();
  });

  const held = async () => {
    const tags = await tagsIn(target);
    return Object.fromEntries(Object.entries(tags).filter(([tag]) => !/^sha256-[0-9a-f]{64}$/.test(tag)));
  };

  it("has the release, all evidence, and a tag for each manifest", async () => {
    const report = await copyAll(source, target);
    expect(await held()).toEqual(expectedTags());
    expect(report.blobs).toEqual({ present: 0, mounted: 0, sent: 4 });
    expect(report.moved).toBe(report.bytes);
    expect(report.manifests.at(-1)).toEqual({ digest: release.index.digest, tag: "1.0.0", outcome: "announced" });
    for (const subject of [release.variant, release.image, release.scan]) {
      const digests = async (store: ReadableStore) =>
        (await store.referrers(subject.digest)).map(({ digest }) => digest);
      expect((await digests(target)).sort()).toEqual((await digests(source)).sort());
    }
  });

  it("moves nothing the second time, and changes nothing", async () => {
    const first = await copyAll(source, target);
    const before = await held();
    const again = await copyAll(source, target);
    expect(again).toMatchObject({ bytes: 0, blobs: { sent: 0, mounted: 0, present: 4 }, moved: first.moved });
    expect(new Set(again.manifests.map(({ outcome }) => outcome))).toEqual(new Set(["present"]));
    expect(await held()).toEqual(before);
  });

  it("comes back as it was", async () => {
    await copyAll(source, target);
    const back = await freshLayout();
    await copyAll(target, back);
    expect(await tagsIn(back)).toEqual(expectedTags());
    const bytes = await source.fetch(release.index, maxManifestBytes);
    expect(await back.fetch(release.index, maxManifestBytes)).toEqual(bytes);
  });

  it("joins signatures that each side has alone", async () => {
    await copyAll(source, target);
    await signLegacy(target, release.variant, "theirs");
    const report = await copyAll(source, target);
    const tag = `sha256-${hexOf(release.variant.digest)}.sig`;
    expect(report.manifests.find((manifest) => manifest.tag === tag)?.outcome).toBe("merged");
    const joined = parseManifest(await target.fetch(await target.resolve({ tag }), maxManifestBytes), tag);
    expect(joined.layers.flatMap(({ annotations }) => Object.values(annotations ?? {})).sort()).toEqual([
      "ours",
      "theirs",
    ]);
    const again = await copyAll(source, target);
    expect(again.manifests.find((manifest) => manifest.tag === tag)?.outcome).toBe("present");
  });

  it.each(["1.0.0", "1.0.0-gpu_scan.1.1"])("refuses another %s before a byte moves", async (tag) => {
    await target.push(mediaType.emptyJson, emptyJson.bytes);
    await target.announce(imageManifest({ note: "other" }), mediaType.manifest, tag);
    const before = memory.received;
    await refused("IMMUTABLE_CONFLICT", tag, copyAll(source, target));
    expect(await target.tags()).toEqual([tag]);
    expect(memory.received).toBe(before);
  });
});

describe("a copy within a registry", () => {
  it.each([true, false])("mounts where it can (%j)", async (mounts) => {
    await serve({ mounts });
    await copyAll(source, repository("a"));
    const received = memory.received;
    const report = await copyAll(repository("a"), repository("b"));
    expect(report.blobs).toEqual({ present: 0, mounted: mounts ? 4 : 0, sent: mounts ? 0 : 4 });
    expect(memory.received - received).toBe(mounts ? 0 : report.bytes);
    expect(memory.tagsOf("b")).toEqual(memory.tagsOf("a"));
    // What a registry once did not do it is not asked for with each blob.
    expect(registry.seen.filter(({ line }) => line.includes("mount=")).length).toBeLessThanOrEqual(4);
    await registry[Symbol.asyncDispose]();
  });
});

describe("what is wrong with a source", () => {
  it("is said of referrers that are about something else, and of what is no manifest", async () => {
    const other = { ...release.scan, mediaType: "application/vnd.docker.distribution.manifest.v2+json" };
    const lying = imposter(source, { referrers: async () => [release.image, other] });
    const report = await copyAll(lying, await freshLayout(), { tag: "1.0.0-gpu" });
    expect(report.ignored).toEqual([
      { digest: release.image.digest, reason: `it does not name ${release.variant.digest} as its subject` },
      { digest: release.scan.digest, reason: "it is application/vnd.docker.distribution.manifest.v2+json" },
    ]);
  });

  it("ends the copy when a blob is not what it should be, and leaves no tag", async () => {
    const target = await freshLayout();
    const altered = imposter(source, {
      async *read(descriptor) {
        yield Buffer.alloc(descriptor.size, "x");
      },
    });
    await refused("STORE_CORRUPT", "another digest", copyAll(altered, target));
    expect(await target.tags()).toEqual([]);
  });

  it("ends the copy when more belongs to it than any release has", async () => {
    const limits = { depth: 8, manifests: 3, bytes: 1e6 };
    const options = { signal: new AbortController().signal, onBytes: () => {} };
    const target = await freshLayout();
    const copying = (changes: object) =>
      copy(source, target, { tag: "1.0.0" }, { ...options, limits: { ...limits, manifests: 100, ...changes } });
    await refused("COPY_UNBOUNDED", "3 manifests", copying({ manifests: 3 }));
    await refused("COPY_UNBOUNDED", "1 deep", copying({ depth: 1 }));
    await refused("COPY_UNBOUNDED", "1000 bytes", copying({ bytes: 1000 }));
    expect(await target.tags()).toEqual([]);
  });
});

it("refuses blobs that the target takes not, before a byte moves", async () => {
  const target = imposter(await freshLayout(), { largestBlob: { size: 1000, saidBy: "the registry" } });
  await refused("BLOB_TOO_LARGE", "300000", copyAll(source, target));
});

describe("a copy that is ended", () => {
  it("by its signal moves no more", async () => {
    const ended = AbortSignal.abort(new Error("enough"));
    const target = await freshLayout();
    await expect(copyAll(source, target, { tag: "1.0.0" }, ended)).rejects.toThrow("enough");
    expect(await target.tags()).toEqual([]);
  });

  it("by a registry that is gone at any request and done again ends as if it had run once", {
    timeout: 60_000,
  }, async () => {
    await serve({}, { persistence: { retries: 0, pause: 1, longestPause: 1 } });
    await copyAll(source, repository("calm"));
    const calm = memory.tagsOf("calm");
    const requests = registry.seen.length;
    expect(requests).toBeGreaterThan(40);
    for (let last = 1; last < requests; last += 1) {
      const name = `ended-${last}`;
      let count = 0;
      memory.before = (_, response) => {
        count += 1;
        if (count >= last) response.destroy();
        return count >= last;
      };
      await expect(copyAll(source, repository(name))).rejects.toThrow();
      memory.before = () => false;
      if (memory.tagsOf(name).includes("1.0.0")) expect(memory.tagsOf(name)).toEqual(calm);
      await copyAll(source, repository(name));
      expect(memory.manifests.get(name)).toEqual(memory.manifests.get("calm"));
      expect(memory.blobs.get(name)).toEqual(memory.blobs.get("calm"));
    }
    await registry[Symbol.asyncDispose]();
  });

  it("at any write to a layout and done again ends as if it had run once", { timeout: 60_000 }, async () => {
    const calm = await freshLayout();
    await copyAll(source, calm);
    for (let last = 1; ; last += 1) {
      const target = await freshLayout();
      let count = 0;
      const until = <Given extends unknown[], Result>(write: (...given: Given) => Promise<Result>) => {
        return async (...given: Given): Promise<Result> => {
          count += 1;
          if (count >= last) throw new Error("ended");
          return write.apply(target, given);
        };
      };
      const { pushBlob, pushManifest, announce, hint } = target;
      const failing = imposter(target, {
        pushBlob: until(pushBlob),
        pushManifest: until(pushManifest),
        announce: until(announce),
        hint: until(hint),
      });
      const ended = await copyAll(source, failing).then(
        () => false,
        () => true,
      );
      const tags = await target.tags();
      if (ended) expect(tags).not.toContain("1.0.0");
      await copyAll(source, target);
      expect(await tagsIn(target)).toEqual(await tagsIn(calm));
      if (!ended) break;
    }
  });
});

it("takes a manifest by its digest, with the tag that it claims", async () => {
  const target = await freshLayout();
  const report = await copyAll(source, target, { digest: release.variant.digest });
  expect(report.manifests.at(-1)?.tag).toBe("1.0.0-gpu");
  const stray = await source.announce(imageManifest({ note: "stray" }), mediaType.manifest, "stray");
  const { manifests } = await copyAll(source, target, { digest: stray.digest });
  expect(manifests).toEqual([
    { digest: stray.digest, tag: `by-digest-${hexOf(stray.digest).slice(0, 32)}`, outcome: "announced" },
  ]);
  await copyAll(source, target, { tag: "stray", as: ["one", "two"] });
  expect(await target.tags()).toEqual(expect.arrayContaining(["one", "two"]));
  await refused("NOT_FOUND", digestOf("nothing"), copyAll(source, target, { digest: digestOf("nothing") }));
});

/** A store that does some things differently. */
function imposter<Store extends ReadableStore>(store: Store, changes: Partial<WritableStore>): Store {
  return new Proxy(store, {
    get(_, name) {
      const own: unknown = Reflect.get(changes, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(store, name, store);
      return typeof value === "function" ? value.bind(store) : value;
    },
  });
}
