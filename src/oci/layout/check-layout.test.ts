import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { announceSample, layoutAt, layoutOptions, manifestOf, storeAt } from "../../../test/support/layout.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { SlipwayError } from "../../errors/index.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { mediaType } from "../media-types.ts";
import { checkLayout } from "./check-layout.ts";
import { LayoutStore } from "./layout-store.ts";

const tag = "1.0.0-jetson";
let root: Temporary;
let digest: Digest;
let evidence: Digest;

/** A layout with a release and one piece of evidence about it. */
beforeAll(async () => {
  root = await temporaryDirectory();
  const store = await storeAt(root.at("store"));
  const layer = await store.push("application/octet-stream", Buffer.from("weights"));
  const subject = await announceSample(store, tag, { layers: [layer] });
  digest = subject.digest;
  evidence = (await announceSample(store, `${tag}_sign.1.1`, { subject })).digest;
});

afterAll(() => root[Symbol.asyncDispose]());

/** What a step does before it believes a layout. */
async function judge(directory: string): Promise<string | undefined> {
  try {
    const store = await LayoutStore.open(layoutAt(directory), layoutOptions());
    await store.resolve({ tag, digest });
    await checkLayout(store);
    return undefined;
  } catch (error) {
    if (error instanceof SlipwayError) return error.code;
    throw error;
  }
}

async function copied(name: string): Promise<string> {
  await rm(root.at(name), { recursive: true, force: true });
  await cp(root.at("store"), root.at(name), { recursive: true });
  return root.at(name);
}

it("an unharmed layout passes", async () => {
  expect(await judge(root.at("store"))).toBeUndefined();
});

describe("every single changed byte is refused", { timeout: 30_000 }, () => {
  const refusals = ["STORE_CORRUPT", "NOT_FOUND", "TAG_MISMATCH"];

  test.each(["index.json", "oci-layout"])("of %s, in its lowest and its highest bit", async (file) => {
    const directory = await copied("flipped");
    const path = `${directory}/${file}`;
    const bytes = await readFile(path);
    expect(bytes.length).toBeGreaterThan(20);
    for (let position = 0; position < bytes.length; position += 1) {
      for (const bits of [1, 0x80]) {
        await writeFile(
          path,
          bytes.map((byte, at) => (at === position ? byte ^ bits : byte)),
        );
        const code = await judge(directory);
        if (!refusals.includes(code ?? "")) expect.fail(`${file} at ${position} ^ ${bits}: ${code ?? "passed"}`);
      }
    }
  });

  it("of index.json, in every bit of the part that lists the evidence", async () => {
    const directory = await copied("flipped");
    const path = `${directory}/index.json`;
    const bytes = await readFile(path);
    const start = bytes.indexOf(`{"mediaType"`, bytes.indexOf(digest));
    for (let position = start; position < bytes.length; position += 1) {
      const bits = 1 << (position % 8);
      await writeFile(
        path,
        bytes.map((byte, at) => (at === position ? byte ^ bits : byte)),
      );
      const code = await judge(directory);
      if (!refusals.includes(code ?? "")) expect.fail(`at ${position} ^ ${bits}: ${code ?? "passed"}`);
    }
  });

  it("of the blobs that index.json names", async () => {
    const directory = await copied("flipped");
    for (const name of [digest, evidence].map(hexOf)) {
      const path = `${directory}/blobs/sha256/${name}`;
      const bytes = await readFile(path);
      for (let position = 0; position < bytes.length; position += 7) {
        await writeFile(
          path,
          bytes.map((byte, at) => (at === position ? byte ^ 1 : byte)),
        );
        expect(await judge(directory)).toBe("STORE_CORRUPT");
      }
      await writeFile(path, bytes);
    }
  });

  // The record only ever adds a reason to refuse: harm to it may be noticed, and never lets anything else pass.
  it("of the record, if at all, as damage", async () => {
    const directory = await copied("flipped");
    const path = `${directory}/.slipway/announced`;
    const bytes = await readFile(path);
    for (let position = 0; position < bytes.length; position += 3) {
      await writeFile(
        path,
        bytes.map((byte, at) => (at === position ? byte ^ 1 : byte)),
      );
      expect([undefined, "STORE_CORRUPT"]).toContain(await judge(directory));
    }
  });
});

describe("an index that was altered with care", () => {
  interface Entry extends Record<string, unknown> {
    annotations?: Record<string, string>;
  }
  const edited = async (edit: (entries: Entry[]) => void): Promise<string> => {
    const directory = await copied("altered");
    const index = JSON.parse(await readFile(`${directory}/index.json`, "utf8"));
    edit(index.manifests);
    await writeFile(`${directory}/index.json`, JSON.stringify(index));
    return directory;
  };
  const refusalOf = async (edit: (entries: Entry[]) => void): Promise<SlipwayError> => {
    const store = await LayoutStore.open(layoutAt(await edited(edit)), layoutOptions());
    return expectError("STORE_CORRUPT", () => checkLayout(store));
  };

  it("lost the evidence", async () => {
    const error = await refusalOf((entries) => entries.splice(1));
    expect(error.message).toContain(`lost the tag ${tag}_sign.1.1, which pointed at ${evidence}`);
    expect(error.remedy).toContain(".slipway/announced");
  });

  it("lost only its tag", async () => {
    await refusalOf((entries) => {
      delete entries[1]?.annotations;
    });
  });

  it("names the evidence with the release's digest", async () => {
    const error = await refusalOf((entries) => {
      entries[1] = { ...entries[0], annotations: entries[1]?.annotations ?? {} };
    });
    expect(error.message).toContain(evidence);
  });

  it("hides the evidence behind another type", async () => {
    for (const type of ["text/plain", mediaType.index, "application/vnd.docker.distribution.manifest.v2+json"]) {
      const directory = await edited((entries) => {
        entries[1] = { ...entries[1], mediaType: type };
      });
      expect(["STORE_CORRUPT", "MANIFEST_INVALID"]).toContain(await judge(directory));
    }
  });

  it("calls it another artifact", async () => {
    const error = await refusalOf((entries) => {
      entries[1] = { ...entries[1], artifactType: "application/vnd.example.other" };
    });
    expect(error.message).toContain("it is application/vnd.example.model");
  });

  it("calls it by the type of its config, as a copy from some registries does: that is no alteration", async () => {
    const directory = await edited((entries) => {
      entries[1] = { ...entries[1], artifactType: mediaType.emptyJson };
    });
    expect(await judge(directory)).toBeUndefined();
  });

  it("tags something else like the release too, before or behind it", async () => {
    for (const position of [0, 2]) {
      const error = await refusalOf((entries) => {
        entries.splice(position, 0, { ...entries[1], annotations: { ...entries[0]?.annotations } });
      });
      expect(error.message).toContain(`lists the tag ${tag} twice`);
    }
  });
});

describe("what is no damage", () => {
  it("tags and manifests that other tools added", async () => {
    const directory = await copied("added");
    const bytes = manifestOf("theirs");
    await writeFile(`${directory}/blobs/sha256/${hexOf(digestOf(bytes))}`, bytes);
    const index = JSON.parse(await readFile(`${directory}/index.json`, "utf8"));
    index.manifests.push({ mediaType: mediaType.manifest, digest: digestOf(bytes), size: bytes.length });
    index.manifests.push({ ...index.manifests[0], annotations: { "org.opencontainers.image.ref.name": "latest" } });
    await writeFile(`${directory}/index.json`, JSON.stringify(index, null, 2));
    expect(await judge(directory)).toBeUndefined();
  });

  it("a copy without our record, as other tools make it", async () => {
    const directory = await copied("exported");
    await rm(`${directory}/.slipway`, { recursive: true });
    expect(await judge(directory)).toBeUndefined();
  });

  it("a record whose last line a crash has cut, which the next one does not continue", async () => {
    const directory = await copied("cut");
    const path = `${directory}/.slipway/announced`;
    const whole = await readFile(path, "utf8");
    await writeFile(path, whole.slice(0, -30));
    expect(await judge(directory)).toBeUndefined();
    await announceSample(await storeAt(directory), "next");
    expect(await judge(directory)).toBeUndefined();
    const announced = await (await storeAt(directory)).announced();
    expect([...announced.keys()]).toEqual([tag, "next"]);
  });
});
