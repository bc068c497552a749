import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { annotation, type Digest, digestOf, emptyJson, encodeManifest, mediaType } from "../oci/index.ts";
import { EvidencePack } from "./evidence-pack.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const subject = { mediaType: mediaType.manifest, digest: digestOf("the release"), size: 11 };
const statement = bytesOf('{"said": true}');

function attachedTo(to: Digest, tag: string): Uint8Array {
  return encodeManifest({
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    artifactType: "application/vnd.example",
    config: emptyJson.descriptor,
    layers: [{ mediaType: "application/json", digest: digestOf(statement), size: statement.length }],
    subject: { ...subject, digest: to },
    annotations: { [annotation.ownTag]: tag },
  });
}

const packOf = (...contents: readonly Uint8Array[]) =>
  new EvidencePack("the pack", new Map(contents.map((bytes) => [digestOf(bytes), bytes])));

const descriptor = { mediaType: "application/json", digest: digestOf(statement), size: statement.length };

describe("fetching", () => {
  it("gives what is there", async () => {
    expect(await packOf(statement).fetch(descriptor, 100)).toEqual(statement);
  });

  const altered = new EvidencePack("the pack", new Map([[descriptor.digest, bytesOf('{"said": tru3}')]]));
  it.each([
    ["missing", packOf(), descriptor, 100],
    ["altered", altered, descriptor, 100],
    ["of another size than was said", packOf(statement), { ...descriptor, size: 13 }, 100],
    ["larger than is wanted", packOf(statement), descriptor, 13],
  ])("refuses what is %s", async (_, pack, wanted, limit) => {
    const { message } = await expectError("STORE_CORRUPT", () => pack.fetch(wanted, limit));
    expect(message).toContain(descriptor.digest);
    expect(message).toContain("the pack");
  });

  it("gives as much as the limit", async () => {
    expect(await packOf(statement).fetch(descriptor, 14)).toEqual(statement);
  });
});

describe("resolving", () => {
  it("knows manifests by digest", async () => {
    const manifest = attachedTo(subject.digest, "a");
    expect(await packOf(manifest).resolve({ digest: digestOf(manifest) })).toEqual({
      mediaType: mediaType.manifest,
      digest: digestOf(manifest),
      size: manifest.length,
    });
  });

  it.each([
    ["a digest that it does not have", { digest: digestOf("nothing") }],
    ["no digest: it knows no tags", {}],
  ])("does not know %s", async (_, name) => {
    await expectError("NOT_FOUND", () => packOf(statement).resolve(name));
  });
});

it("has what has this digest and this size", async () => {
  const pack = packOf(statement);
  const { digest, size } = descriptor;
  expect(
    await Promise.all([pack.exists(digest, size), pack.exists(digest, 13), pack.exists(subject.digest, 11)]),
  ).toEqual([true, false, false]);
});

describe("referrers", () => {
  const [one, two] = [attachedTo(subject.digest, "a"), attachedTo(subject.digest, "b")];
  const other = attachedTo(digestOf("another release"), "c");

  it("are the manifests that name the subject, with what they are", async () => {
    const pack = packOf(statement, one, other, two);
    const known = { mediaType: mediaType.manifest, artifactType: "application/vnd.example" };
    expect(await pack.referrers(subject.digest)).toEqual([
      { ...known, digest: digestOf(one), size: one.length, annotations: { [annotation.ownTag]: "a" } },
      { ...known, digest: digestOf(two), size: two.length, annotations: { [annotation.ownTag]: "b" } },
    ]);
  });

  it("are none among what is no manifest, whatever it looks like", async () => {
    const pack = packOf(
      bytesOf(""),
      bytesOf("null"),
      bytesOf("[]"),
      bytesOf(JSON.stringify({ subject })),
      bytesOf(`${Buffer.from(one).toString("utf8").slice(0, -1)},"config":7}`),
      new Uint8Array(5 * 1024 * 1024),
    );
    expect(await pack.referrers(subject.digest)).toEqual([]);
  });
});
