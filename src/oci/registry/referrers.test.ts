import { afterEach, describe, expect, it } from "vitest";
import { manifestOf } from "../../../test/support/layout.ts";
import { type Digest, digestOf } from "../digest.ts";
import { type Descriptor, encodeManifest } from "../manifest.ts";
import { mediaType } from "../media-types.ts";
import { type ScriptedRegistry, scriptedRegistry } from "./fixtures/scripted-registry.ts";
import { Manifests } from "./manifests.ts";
import { Referrers } from "./referrers.ts";

const release = manifestOf("v1");
const subject = descriptorOf(release);
const [signature, scan, ofAnother] = [
  manifestOf("v1_sign.1.1", { subject }),
  manifestOf("v1_scan.1.1", { subject }),
  manifestOf("v2_scan.1.1", { subject: descriptorOf(manifestOf("v2")) }),
];
const dockerType = "application/vnd.docker.distribution.manifest.v2+json";
const docker = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: dockerType, config: {}, layers: [] }));
let registry: ScriptedRegistry;

afterEach(() => registry[Symbol.asyncDispose]());

describe("what refers to a release in a registry without the referrers API", () => {
  it("is what the fallback index lists, and what the release's tags name beside it", async () => {
    const referrers = await referrersWith({ listed: [signature] });
    expect(await digestsOf(referrers)).toEqual([digestOf(signature), digestOf(scan)]);
    expect(opened()).toEqual(expect.arrayContaining(["v1_scan.1.1"]));
    expect(opened()).not.toEqual(expect.arrayContaining(["v1_sign.1.1"]));
    expect(opened()).not.toEqual(expect.arrayContaining(["v2_scan.1.1"]));
  });

  it("is found by the tags alone when there is no index", async () => {
    const referrers = await referrersWith({ listed: undefined });
    expect(await digestsOf(referrers)).toEqual([digestOf(signature), digestOf(scan)]);
  });

  it("is not what the index lists and is about something else", async () => {
    const referrers = await referrersWith({ listed: [signature, scan, ofAnother] });
    expect(await digestsOf(referrers)).toEqual([digestOf(signature), digestOf(scan)]);
  });

  it("is not a manifest of another format, whatever lists it", async () => {
    const referrers = await referrersWith({ listed: [signature, docker] });
    expect(await digestsOf(referrers)).toEqual([digestOf(signature), digestOf(scan)]);
  });
});

/** A repository with all of the manifests and their tags; what its fallback index lists differs. */
async function referrersWith({ listed }: { readonly listed: readonly Uint8Array[] | undefined }): Promise<Referrers> {
  const manifests = new Map<string, Uint8Array>([
    ["v1_sign.1.1", signature],
    ["v1_scan.1.1", scan],
    ["v2_scan.1.1", ofAnother],
    // A lifecycle hint is a tag of the release itself.
    ["v1_staging", release],
  ]);
  for (const bytes of [release, signature, scan, ofAnother, docker]) manifests.set(digestOf(bytes), bytes);
  const tags = [...manifests.keys()].filter((name) => !name.includes(":"));
  if (listed !== undefined) {
    const index = { schemaVersion: 2 as const, mediaType: mediaType.index, manifests: listed.map(descriptorOf) };
    manifests.set(subject.digest.replace(":", "-"), encodeManifest(index));
  }
  registry = await scriptedRegistry(({ url = "" }, response) => {
    const found = manifests.get(nameIn(url));
    if (url.includes("/tags/list")) response.end(JSON.stringify({ tags }));
    else if (found === undefined) response.writeHead(404).end();
    else response.setHeader("content-type", typeOf(nameIn(url), found)).end(found);
  });
  return new Referrers(registry.client, "a/b", new Manifests(registry.client, "a/b"));
}

function typeOf(name: string, bytes: Uint8Array): string {
  if (bytes === docker) return dockerType;
  return name.startsWith("sha256-") ? mediaType.index : mediaType.manifest;
}

async function digestsOf(referrers: Referrers): Promise<readonly Digest[]> {
  return (await referrers.of(subject.digest)).map(({ digest }) => digest);
}

/** The tags and digests whose manifests were asked for. */
function opened(): readonly string[] {
  return registry.seen.map(({ line }) => nameIn(line));
}

function nameIn(url: string): string {
  return url.split("/manifests/")[1] ?? "";
}

function descriptorOf(bytes: Uint8Array): Descriptor {
  return { mediaType: mediaType.manifest, digest: digestOf(bytes), size: bytes.length };
}
