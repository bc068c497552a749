import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { digestOf } from "../../src/oci/index.ts";
import { registries } from "./support/registries.ts";
import { type PackedRelease, RegistryScene } from "./support/registry-scene.ts";

/*
 * Many who attest at once in both storages. A registry without the referrers API has two places that all of them write,
 * the fallback index and the `.att` tag, and can compare and set neither.
 */

describe("of statements that are attached at once in both storages", () => {
  it("by 16 Slipways, none is lost in either", async () => {
    await using scene = await RegistryScene.open(registries.crane);
    const release = await scene.release("interop/many");
    const attached = await attest(scene, release, numbers(16));
    expect(await inBundles(scene, release)).toEqual(expect.arrayContaining(attached.map(({ bundle }) => bundle)));
    expect(await inTag(release)).toEqual(attached.map(({ statement }) => statement).sort());
  });

  it("by 8 Slipways while cosign attests 4 times, what cosign overwrote of Slipway's comes back with the next Slipway", async () => {
    await using scene = await RegistryScene.open(registries.crane);
    const release = await scene.release("interop/mixed");
    const [attached] = await Promise.all([attest(scene, release, numbers(8)), attestByCosign(scene, release, 4)]);
    expect(await inBundles(scene, release)).toEqual(expect.arrayContaining(attached.map(({ bundle }) => bundle)));
    // cosign may have written back what it had read before; its own statements are nobody's to keep.
    const left = await inTag(release);
    const last = await attest(scene, release, [9]);
    const ours = [...attached, ...last].map(({ statement }) => statement);
    expect(await inTag(release)).toEqual([...new Set([...left, ...ours])].sort());
  });

  it("not even those are lost that an older manifest undid: the next Slipway puts them back", async () => {
    await using scene = await RegistryScene.open(registries.crane);
    const release = await scene.release("interop/undone");
    const shared = `${release.reference.split(":1.0.0")[0]}:${release.subject.replace(":", "-")}.att`;
    const first = await attest(scene, release, [1]);
    await scene.tool("oras", "manifest", "fetch", "--plain-http", shared, "--output", "older.json");
    const undone = await attest(scene, release, [2, 3]);
    await scene.tool("oras", "manifest", "push", "--plain-http", shared, "older.json");
    expect(await inTag(release)).toEqual(first.map(({ statement }) => statement));
    const last = await attest(scene, release, [4]);
    expect(await inTag(release)).toEqual([...first, ...undone, ...last].map(({ statement }) => statement).sort());
  });
});

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number + 1);
}

/** Attests at once, a statement of another type each; by one key, as one pipeline does. */
async function attest(scene: RegistryScene, { reference }: PackedRelease, which: readonly number[]) {
  return Promise.all(
    which.map(async (number) => {
      const predicate = `check-${number}.json`;
      await writeFile(join(scene.work, predicate), JSON.stringify({ number }));
      const type = ["--type", "custom", "--predicate-type", `https://example.com/check-${number}/v1`];
      const args = [...type, "--predicate", predicate, "--key", "key.pem", "--format", "both"];
      const { statement = "", bundle = "" } = await scene.slipway("attest", reference, ...args);
      return { statement, bundle };
    }),
  );
}

/** Lets cosign attest in its older storage again and again, after its own fashion: read, add, write back. */
async function attestByCosign(scene: RegistryScene, { image }: PackedRelease, count: number): Promise<void> {
  const key = ["--key", "cosign.key", "--yes", "--allow-http-registry"];
  const legacy = ["--use-signing-config=false", "--tlog-upload=false", "--new-bundle-format=false"];
  await scene.tool("cosign", "import-key-pair", "--key", "key.pem", "--output-key-prefix", "cosign", "--yes");
  for (const number of numbers(count)) {
    const predicate = `by-cosign-${number}.json`;
    await writeFile(join(scene.work, predicate), JSON.stringify({ number }));
    const what = ["--type", `https://example.com/by-cosign-${number}/v1`, "--predicate", predicate];
    await scene.tool("cosign", "attest", ...what, ...key, ...legacy, image);
  }
}

/** What other tools find as referrers. */
function inBundles(scene: RegistryScene, { reference }: PackedRelease): Promise<readonly string[]> {
  return scene.discovered(reference);
}

const manifestSchema = z.object({ layers: z.array(z.object({ digest: z.string() })) });
const envelopeSchema = z.object({ payload: z.base64() });

/** Digests of the statements under the `.att` tag, in order. */
async function inTag({ image, subject }: PackedRelease): Promise<readonly string[]> {
  const [name] = image.split("@");
  const repository = `http://${name?.replace("/", "/v2/")}`;
  const get = async (path: string): Promise<unknown> => (await fetch(`${repository}/${path}`)).json();
  const { layers } = manifestSchema.parse(await get(`manifests/${subject.replace(":", "-")}.att`));
  const statements = layers.map(async ({ digest }) => {
    const { payload } = envelopeSchema.parse(await get(`blobs/${digest}`));
    return digestOf(Buffer.from(payload, "base64"));
  });
  return (await Promise.all(statements)).sort();
}
