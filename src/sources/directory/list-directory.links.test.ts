import { link, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { listModelDirectory } from "./list-directory.ts";

/** Makes `outside.bin` and `outside/secret` beside a directory `model`, and in that what the test asks for. */
async function modelWith(files: readonly string[], links: readonly (readonly [path: string, target: string])[]) {
  const root = await temporaryDirectory();
  const model = root.at("model");
  for (const path of ["../outside.bin", "../outside/secret", ...files]) {
    await mkdir(dirname(join(model, path)), { recursive: true });
    await writeFile(join(model, path), `content of ${path}`);
  }
  for (const [path, target] of links) {
    await mkdir(dirname(join(model, path)), { recursive: true });
    await symlink(target.replace("<root>", root.path), join(model, path));
  }
  return { model, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

test.each([
  ["beside it", "blob", "blob"],
  ["below it", "d/blob", "d/blob"],
  ["by an absolute path", "blob", "<root>/model/blob"],
  ["by a detour out of the directory and back", "blob", "../model/blob"],
  ["through two other links", "blob", "second"],
])("a link to a file %s stands for its content", async (_, file, target) => {
  await using made = await modelWith(
    [file, "blob"],
    [
      ["link.bin", target],
      ["second", "third"],
      ["third", "blob"],
    ],
  );
  const { files } = await listModelDirectory(made.model);
  const source = join(made.model, file);
  expect(files.find(({ path }) => path === "link.bin")).toMatchObject({
    source,
    size: Buffer.byteLength(`content of ${file}`),
    identity: { inode: (await stat(source, { bigint: true })).ino },
  });
});

test("a link that lies deeper than its file is followed up to it", async () => {
  await using made = await modelWith(["real/blob", "d/e/x"], [["d/e/link.bin", "../../real/blob"]]);
  const { files } = await listModelDirectory(made.model);
  expect(files.find(({ path }) => path === "d/e/link.bin")?.source).toBe(join(made.model, "real/blob"));
});

test("a hard link is a file like any other", async () => {
  await using made = await modelWith(["a"], []);
  await link(join(made.model, "a"), join(made.model, "b"));
  const { files } = await listModelDirectory(made.model);
  expect(files.map(({ path, source }) => [path, source])).toEqual([
    ["a", join(made.model, "a")],
    ["b", join(made.model, "b")],
  ]);
});

test("names that begin with two dots are not the way out", async () => {
  await using made = await modelWith(
    ["..data/blob", "..x"],
    [
      ["link.bin", "..data/blob"],
      ["other", "..x"],
    ],
  );
  const { files } = await listModelDirectory(made.model);
  expect(files.map(({ path }) => path)).toEqual(["..data/blob", "..x", "link.bin", "other"]);
});

test.each([
  ["relative", [["link.bin", "../outside.bin"]]],
  ["absolute", [["link.bin", "<root>/outside.bin"]]],
  [
    "through a link to the parent",
    [
      ["link.bin", "up/outside.bin"],
      ["up", ".."],
    ],
  ],
  [
    "through a chain",
    [
      ["link.bin", "next"],
      ["next", "../outside.bin"],
    ],
  ],
  ["to a directory outside", [["link.bin", "../outside"]]],
  ["to the file system's root", [["link.bin", "/"]]],
  ["to the directory above", [["link.bin", ".."]]],
  ["to a directory whose name begins like the model's", [["link.bin", "../model-2/blob"]]],
] satisfies [string, [string, string][]][])("a link that leads out is refused: %s", async (_, links) => {
  await using made = await modelWith(["model.bin", "../model-2/blob"], links);
  await expect(listModelDirectory(made.model)).rejects.toMatchObject({
    code: "MODEL_LINK_ESCAPES",
    message: expect.stringContaining('the link "link.bin" leads out of the directory'),
  });
});

test.each([
  ["broken", "gone", "leads nowhere: ENOENT"],
  ["through a file", "model.bin/x", "leads nowhere: ENOTDIR"],
  ["to itself", "link", "leads nowhere: ELOOP"],
  ["in a circle", "circle", "leads nowhere: ELOOP"],
  ["to a directory", "d", "leads to a directory"],
  ["to the model's own directory", ".", "leads to a directory"],
])("a link that is of no use is refused: %s", async (_, target, why) => {
  const links: [string, string][] = [["link", target]];
  if (target === "circle") links.push(["circle", "link"]);
  await using made = await modelWith(["model.bin", "d/x"], links);
  const refusal = listModelDirectory(made.model);
  await expect(refusal).rejects.toMatchObject({
    code: "MODEL_LINK_UNUSABLE",
    message: expect.stringContaining(`the link "${target === "circle" ? "circle" : "link"}" ${why}`),
  });
});

test("a link to a link that leads out of the directory and back in is judged by where it ends", async () => {
  await using made = await modelWith(
    ["model.bin"],
    [
      ["link", "../back"],
      ["../back", "model/model.bin"],
    ],
  );
  const { files } = await listModelDirectory(made.model);
  expect(files.map(({ path, source }) => [path, source])).toEqual([
    ["link", join(made.model, "model.bin")],
    ["model.bin", join(made.model, "model.bin")],
  ]);
});
