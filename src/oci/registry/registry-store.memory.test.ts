import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { announceSample } from "../../../test/support/layout.ts";
import { ContentPool } from "../../content/index.ts";
import { type Descriptor, encodeManifest, parseIndex } from "../manifest.ts";
import { emptyJson, maxManifestBytes, mediaType } from "../media-types.ts";
import { MemoryRegistry } from "./fixtures/memory-registry.ts";
import { type ScriptedRegistry, scriptedRegistry } from "./fixtures/scripted-registry.ts";
import { RegistryStore } from "./registry-store.ts";

/*
 * What one process asks a registry without the referrers API for only once, and what it asks for again all the same.
 */

const pool = new ContentPool({ signal: new AbortController().signal });
let memory: MemoryRegistry;
let registry: ScriptedRegistry;
let subject: Descriptor;

beforeEach(async () => {
  memory = new MemoryRegistry();
  registry = await scriptedRegistry(memory.script);
  subject = await announceSample(freshStore(), "v1");
  for (const tag of ["v1_scan.1.1", "v1_sign.1.1"]) await announceSample(freshStore(), tag, { subject });
});

afterEach(() => registry[Symbol.asyncDispose]());

describe("evidence that is read", () => {
  it("twice is asked for once; what refers to the release is asked for twice", async () => {
    const store = freshStore();
    const read = async () => {
      for (const referrer of await store.referrers(subject.digest)) await store.fetch(referrer, maxManifestBytes);
      await store.fetch(emptyJson.descriptor, 100);
    };
    expect(content(await asked(read))).toHaveLength(4);
    const again = await asked(read);
    expect(content(again)).toEqual([]);
    expect(again).toContain(`GET /v2/a/b/manifests/${fallback()}`);
  });

  it("is refused under a size that it does not have, though it was read before", async () => {
    const store = freshStore();
    await store.fetch(emptyJson.descriptor, 100);
    const wrong = { ...emptyJson.descriptor, size: 3 };
    await expect(store.fetch(wrong, 100)).rejects.toThrow(/ended after 2 of 3 bytes/);
    await expect(store.fetch(emptyJson.descriptor, 1)).rejects.toThrow(/1 are allowed/);
  });

  it("before more is added is not asked for by its tag again", async () => {
    const store = freshStore();
    await store.referrers(subject.digest);
    const lines = await asked(() => announceSample(store, "v1_approval.1.1", { subject }));
    expect(lines.filter((line) => /GET .*v1_(scan|sign)/.test(line))).toEqual([]);
    expect(listed()).toHaveLength(3);
  });

  it("and lost from the index since comes back with what is added", async () => {
    const store = freshStore();
    await store.referrers(subject.digest);
    const older = { schemaVersion: 2 as const, mediaType: mediaType.index, manifests: listed().slice(0, 1) };
    const bytes = Buffer.from(encodeManifest(older));
    memory.manifestsOf("a/b").set(fallback(), { type: mediaType.index, bytes });
    await announceSample(store, "v1_approval.1.1", { subject });
    expect(listed()).toHaveLength(3);
  });

  it("and lost while more is added comes back", async () => {
    const store = freshStore();
    const older = memory.manifestsOf("a/b").get(fallback());
    let undone = 0;
    memory.before = ({ url = "" }) => {
      // Another writer, who read the index before, writes it back right after ours was written.
      if (undone > 0 || older === undefined || listed().length < 3 || !url.includes("/tags/list")) return false;
      memory.manifestsOf("a/b").set(fallback(), older);
      undone += 1;
      return false;
    };
    await announceSample(store, "v1_approval.1.1", { subject });
    expect([undone, listed().length]).toEqual([1, 3]);
  });
});

/** As a process of its own has one. */
function freshStore(): RegistryStore {
  return new RegistryStore(registry.client, "a/b", pool);
}

async function asked(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = registry.seen.length;
  await work();
  return registry.seen.slice(before).map(({ line }) => line);
}

/** Those of the requests that ask for content by its digest. */
function content(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => /(manifests|blobs)\/sha256:/.test(line));
}

function fallback(): string {
  return subject.digest.replace(":", "-");
}

function listed(): readonly Descriptor[] {
  return parseIndex(memory.manifestsOf("a/b").get(fallback())?.bytes ?? Buffer.alloc(0), "it").manifests;
}
