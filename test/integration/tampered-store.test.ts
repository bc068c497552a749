import { copyFile, link, mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { steps } from "../../actions/index.ts";
import { SlipwayError } from "../../src/errors/index.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { quietHost } from "../support/quiet-host.ts";

/*
 * Invariant 3: one tampered byte anywhere is refused. Every file of a signed store is changed at its first, middle and
 * last byte, and every byte of the small unauthenticated ones (index.json, oci-layout); `verify` or `pull` must refuse.
 */

/** Slipway's own memory of the layout's tags; it only ever adds a reason to refuse. */
const record = ".slipway/announced";

let work: string;
let reference: string;
let files: string[];

let oms: string;

// In each storage alone: in both, one signature would stand when the other was altered. That of the files is asked for
// where there is one, since nothing else reads it.
describe.each([
  ["bundle", "false", 9],
  ["bundle", "true", 11],
  ["legacy", "false", 10],
])("a store with one changed byte, signed in %s, OMS %s", (format, withOms, blobs) => {
  beforeAll(async () => {
    oms = withOms;
    work = await mkdtemp(join(tmpdir(), "slipway-tamper-"));
    await mkdir(join(work, "model", "1"), { recursive: true });
    await writeFile(join(work, "model", "1", "weights.safetensors"), Buffer.alloc(300_000, "w"));
    await writeFile(join(work, "model", "config.json"), '{"a":1}');
    await writeFile(join(work, "model", "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    await writeModelYaml(work, { name: "group/tampered", version: "1.0.0" });
    await writeKeyPair(join(work, "key"));
    const packed = await step("package", { model: "model.yaml", store: "oci:store" });
    reference = String(packed.get("reference"));
    await step("sign", { subject: reference, key: "key.pem", format, oms });
    await step("verify", { subject: reference, key: "key.pub" });
    files = await filesOf(join(work, "store"));
  });

  afterAll(() => rm(work, { recursive: true, force: true }));

  it("has all the kinds of file that a release has", () => {
    expect(files).toContain("index.json");
    expect(files).toContain("oci-layout");
    // Four files of the release, its config and manifest; what was signed, its manifest and config. In the older
    // storage the shared manifest and the layer's own one differ. An OMS signature is a bundle and a manifest more.
    expect(files.filter((file) => file.startsWith("blobs/"))).toHaveLength(blobs);
  });

  it("is refused for the first, middle and last byte of every file", { timeout: 60_000 }, async () => {
    for (const file of files.filter((name) => name !== record)) {
      const { size } = await stat(join(work, "store", file));
      for (const position of new Set([0, Math.floor(size / 2), size - 1])) await expectRefusal(file, position, 1);
    }
  });

  // The small files are read alike, whatever they list.
  it.runIf(format === "bundle" && withOms === "false")(
    "is refused for every byte of index.json and oci-layout",
    { timeout: 120_000 },
    async () => {
      for (const file of ["index.json", "oci-layout"]) {
        const { size } = await stat(join(work, "store", file));
        for (let position = 0; position < size; position += 1) await expectRefusal(file, position, 1 << (position % 8));
      }
    },
  );

  it("is refused when any file is cut, padded or lost", { timeout: 60_000 }, async () => {
    for (const file of files.filter((name) => name !== record)) {
      for (const harm of ["cut", "pad", "lose"] as const) {
        await withCopy(
          file,
          async (path) => {
            if (harm === "lose") return rm(path);
            await using handle = await open(path, "r+");
            const { size } = await handle.stat();
            if (harm === "cut") await handle.truncate(size - 1);
            else await handle.write(" x", size);
          },
          `${file} (${harm})`,
        );
      }
    }
  });
});

async function expectRefusal(file: string, position: number, bits: number): Promise<void> {
  await withCopy(
    file,
    async (path) => {
      await using handle = await open(path, "r+");
      const byte = Buffer.alloc(1);
      await handle.read(byte, 0, 1, position);
      byte[0] = (byte[0] ?? 0) ^ bits;
      await handle.write(byte, 0, 1, position);
    },
    `${file} at ${position}`,
  );
}

async function withCopy(file: string, harm: (path: string) => Promise<void>, label: string): Promise<void> {
  const copy = join(work, "copy");
  await rm(copy, { recursive: true, force: true });
  for (const name of files) {
    await mkdir(dirname(join(copy, name)), { recursive: true });
    await (name === file ? copyFile : link)(join(work, "store", name), join(copy, name));
  }
  await harm(join(copy, file));
  const altered = reference.replace("oci:store", "oci:copy");
  const codes = [
    await refusalOf("verify", { subject: altered, key: "key.pub" }),
    await refusalOf("pull", { subject: altered, key: "key.pub", target: "pulled", oms }),
  ];
  expect(
    codes.some((code) => code !== undefined),
    `${label} passed`,
  ).toBe(true);
  expect(codes, label).not.toContain("not a SlipwayError");
  if (codes[1] !== undefined) {
    expect(await readdir(work), `${label} left a target`).not.toContain("pulled");
    expect((await readdir(work)).filter((name) => name.startsWith(".slipway"))).toEqual([]);
  }
  await rm(join(work, "pulled"), { recursive: true, force: true });
}

async function refusalOf(name: string, texts: Record<string, string>): Promise<string | undefined> {
  try {
    await step(name, texts);
    return undefined;
  } catch (error) {
    return error instanceof SlipwayError && error.family !== "bug" ? error.code : "not a SlipwayError";
  }
}

async function step(name: string, texts: Record<string, string>): Promise<Map<string, unknown>> {
  const entry = steps.find(({ contract }) => contract.name === name);
  const outcome = await entry?.invoke(texts, { directory: work, env: {} }, quietHost(work));
  if (outcome?.refusal !== undefined) throw outcome.refusal;
  return new Map(outcome?.outputs.map((output) => [output.name, output.text]));
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !/^lock\.\d+$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}
