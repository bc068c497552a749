import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runFile } from "../../../test/support/child.ts";
import { packInto, writeFiles } from "../../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";

/** Root may write everywhere; another user's process may not. */
const somebody = process.getuid?.() === 0 ? 65534 : undefined;
const pullProcess = new URL("./fixtures/pull-process.ts", import.meta.url);

/** A release that everybody may read, and a directory `place` that everybody may write. */
async function packedRelease() {
  const root = await temporaryDirectory();
  const [layout, place] = [root.at("store"), root.at("place")];
  await writeFiles(root.at("model"), { "a/b.bin": Buffer.alloc(100_000), "run.sh*": "#!/bin/sh\n" });
  const { subject } = await packInto(layout, root.at("model"));
  await mkdir(place);
  await chmod(place, 0o777);
  const pull = (target: string, umask: string, how: Parameters<typeof runFile>[2] = {}): Promise<string> =>
    runFile(pullProcess, [`oci:${layout}@${subject.digest}`, join(place, target), umask], how);
  return { place, pull, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
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
  const outcome = await packed.pull("closed/model", "022", { uid: somebody });
  expect(outcome).toMatch(/^TARGET_UNUSABLE: cannot use \/.*\/closed\/model: EACCES/);
  expect(await packed.pull("closed/further/model", "022", { uid: somebody })).toMatch(/^TARGET_UNUSABLE: /);
  expect(await readdir(join(packed.place, "closed"))).toEqual([]);
});

test("a target that may not be read is named", async () => {
  await using packed = await packedRelease();
  await mkdir(join(packed.place, "closed"));
  await chmod(join(packed.place, "closed"), 0o000);
  expect(await packed.pull("closed", "022", { uid: somebody })).toMatch(
    /^TARGET_UNUSABLE: cannot use .*\/closed: EACCES/,
  );
  await chmod(join(packed.place, "closed"), 0o755);
});

test("a directory in the target that may not be read is named, instead of being compared as empty", async () => {
  await using packed = await packedRelease();
  expect(await packed.pull("model", "022")).toBe("pulled");
  expect(await packed.pull("model", "022", { uid: somebody })).toBe("true");
  await chmod(join(packed.place, "model/a"), 0o000);
  expect(await packed.pull("model", "022", { uid: somebody })).toMatch(
    /^TARGET_UNUSABLE: cannot use .*\/model: EACCES/,
  );
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
  const script = 'mount -t tmpfs none "$0" && exec "$@"';
  const mounted = ["--mount", "sh", "-c", script, join(packed.place, "mounted")];
  try {
    execFileSync("unshare", [...mounted, "true"], { stdio: "ignore" });
  } catch {
    skip("only root with CAP_SYS_ADMIN can mount");
  }
  const outcome = await packed.pull("mounted", "022", { under: ["unshare", ...mounted] });
  expect(outcome).toMatch(/^TARGET_UNUSABLE: .*\/mounted is a mount point and cannot be replaced in one step$/);
  expect(await readdir(packed.place)).toEqual(["mounted"]);
});
