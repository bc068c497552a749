import { chmod, mkdir, mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packInto, writeFiles } from "../../../test/support/packed-release.ts";
import { runProgram } from "../../../test/support/program.ts";
import { treeOf } from "../../../test/support/tree.ts";

const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Pulls as a process of its own: `<layout> <digest> <target> <umask>`; writes the code that it ended with. */
const program = `
  import { ContentPool } from ${at("../../content/index.ts")};
  import { LayoutStore } from ${at("../../oci/layout/layout-store.ts")};
  import { parseReference } from ${at("../../oci/index.ts")};
  import { fetchRelease } from ${at("./fetch-release.ts")};
  import { holdsRelease } from ${at("./holds-release.ts")};
  import { stateOfTarget, unpack } from ${at("./unpack.ts")};
  const [layout, digest, target, umask] = process.argv.slice(-4);
  process.umask(Number.parseInt(umask, 8));
  const { signal } = new AbortController();
  const pool = new ContentPool({ signal });
  const store = await LayoutStore.open(parseReference("oci:" + layout, "/"), { pool, signal });
  const { form } = await fetchRelease(store, { digest });
  try {
    if ((await stateOfTarget(target)) === "occupied") console.log(String(await holdsRelease(form, target, pool, () => {})));
    else await unpack(form, { store, pool, target, onBytes: () => {}, onStaging: () => {} }).then(() => console.log("pulled"));
  } catch (error) {
    console.log(error.code + ": " + error.message);
  }
`;

/** A release that everybody may read, and a directory `place` that everybody may write. */
async function packedRelease() {
  const root = await mkdtempDisposable(join(tmpdir(), "slipway-rights-"));
  await chmod(root.path, 0o755);
  const [layout, place] = [join(root.path, "store"), join(root.path, "place")];
  await writeFiles(join(root.path, "model"), { "a/b.bin": Buffer.alloc(100_000), "run.sh*": "#!/bin/sh\n" });
  const { subject } = await packInto(layout, join(root.path, "model"));
  await mkdir(place);
  await chmod(place, 0o777);
  const pull = async (target: string, umask: string, how = {}): Promise<string> =>
    (await runProgram(program, [layout, subject.digest, join(place, target), umask], how)).trim();
  return { place, pull, [Symbol.asyncDispose]: () => root.remove() };
}

test("the umask of whoever pulls does not decide who may read the model", async () => {
  await using packed = await packedRelease();
  expect(await packed.pull("strict", "077")).toBe("pulled");
  expect(await packed.pull("lax", "000")).toBe("pulled");
  const strict = await treeOf(join(packed.place, "strict"));
  expect(strict).toEqual(await treeOf(join(packed.place, "lax")));
  expect(strict).toMatchObject({
    a: "directory 755",
    "a/b.bin": expect.stringMatching(/^file 644 /),
    "run.sh": expect.stringMatching(/^file 755 /),
  });
});

test("a parent that may not be written is named, and nothing is left", async () => {
  await using packed = await packedRelease();
  await mkdir(join(packed.place, "closed"));
  await chmod(join(packed.place, "closed"), 0o555);
  const outcome = await packed.pull("closed/model", "022", { unprivileged: true });
  expect(outcome).toMatch(/^TARGET_UNUSABLE: cannot use \/.*\/closed\/model: EACCES/);
  expect(await packed.pull("closed/further/model", "022", { unprivileged: true })).toMatch(/^TARGET_UNUSABLE: /);
  expect(await readdir(join(packed.place, "closed"))).toEqual([]);
});

test("a target that may not be read is named", async () => {
  await using packed = await packedRelease();
  await mkdir(join(packed.place, "closed"));
  await chmod(join(packed.place, "closed"), 0o000);
  expect(await packed.pull("closed", "022", { unprivileged: true })).toMatch(/^TARGET_UNUSABLE: cannot use .*\/closed: EACCES/);
  await chmod(join(packed.place, "closed"), 0o755);
});

test("a directory in the target that may not be read is named, instead of being compared as empty", async () => {
  await using packed = await packedRelease();
  expect(await packed.pull("model", "022")).toBe("pulled");
  expect(await packed.pull("model", "022", { unprivileged: true })).toBe("true");
  await chmod(join(packed.place, "model/a"), 0o000);
  expect(await packed.pull("model", "022", { unprivileged: true })).toMatch(/^TARGET_UNUSABLE: cannot use .*\/model: EACCES/);
  await chmod(join(packed.place, "model/a"), 0o755);
});

test("a file that may not be as large as it is: TARGET_FULL, and nothing is left", async () => {
  await using packed = await packedRelease();
  const outcome = await packed.pull("model", "022", { under: ["prlimit", "--fsize=50000"] });
  expect(outcome).toMatch(/^TARGET_FULL: no room left while writing \/.*\/model: EFBIG/);
  expect(await readdir(packed.place)).toEqual([]);
});

test("a mount point is not replaced, and the way out is told", async ({ skip }) => {
  await using packed = await packedRelease();
  await mkdir(join(packed.place, "mounted"));
  const mounted = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', join(packed.place, "mounted")];
  try {
    await runProgram("", [], { under: mounted });
  } catch {
    skip("only root with CAP_SYS_ADMIN can mount");
  }
  const outcome = await packed.pull("mounted", "022", { under: mounted });
  expect(outcome).toMatch(/^TARGET_UNUSABLE: .*\/mounted is a mount point and cannot be replaced in one step$/);
  expect(await readdir(packed.place)).toEqual(["mounted"]);
});
