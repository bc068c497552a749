import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { listModelDirectory } from "./list-directory.ts";

async function write(directory: string, paths: readonly (string | Buffer)[]): Promise<void> {
  for (const path of paths) {
    if (typeof path === "string") await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path)]), "content");
  }
}

/** The refusal; which one of the area's codes it has is up to the test. */
const refusalOf = (directory: string) => expectError("MODEL_[A-Z_]+", () => listModelDirectory(directory));

describe("what is no model's directory", () => {
  test("a path that leads nowhere", async () => {
    await using root = await temporaryDirectory();
    const missing = root.at("no/such/directory");
    const error = await refusalOf(missing);
    expect(error).toMatchObject({ code: "MODEL_NOT_FOUND", message: `there is no directory ${missing}` });
  });

  test("a file, and a path through a file", async () => {
    await using root = await temporaryDirectory();
    await write(root.path, ["model.bin"]);
    const file = root.at("model.bin");
    const error = await refusalOf(file);
    expect(error).toMatchObject({ code: "MODEL_NOT_FOUND", message: `${file} is a file; a directory is expected` });
    expect((await refusalOf(join(file, "below"))).code).toBe("MODEL_NOT_FOUND");
  });

  test("a link that leads nowhere", async () => {
    await using root = await temporaryDirectory();
    await symlink("gone", root.at("link"));
    expect((await refusalOf(root.at("link"))).code).toBe("MODEL_NOT_FOUND");
  });

  test.each([
    ["an empty directory", []],
    ["nothing but empty directories", ["a/b", "c"]],
    ["nothing but version control", [".git/objects"]],
  ])("%s", async (_, directories) => {
    await using root = await temporaryDirectory();
    for (const path of directories) await mkdir(root.at(path), { recursive: true });
    const error = await refusalOf(root.path);
    expect(error).toMatchObject({
      code: "MODEL_EMPTY",
      message: `${root.path} holds no files`,
      family: "configuration",
    });
  });
});

describe("special files", () => {
  const special = { code: "MODEL_SPECIAL_FILE", message: '"odd" is not a file, a directory or a link' };

  test("a named pipe is refused, and not opened", async () => {
    await using root = await temporaryDirectory();
    await write(root.path, ["model.bin"]);
    execFileSync("mkfifo", [root.at("odd")]);
    expect(await refusalOf(root.path)).toMatchObject(special);
  });

  test("a socket", async () => {
    await using root = await temporaryDirectory();
    const server = createServer();
    await new Promise<void>((done) => server.listen(root.at("odd"), done));
    try {
      expect(await refusalOf(root.path)).toMatchObject(special);
    } finally {
      await new Promise((done) => server.close(done));
    }
  });

  test("a device, where one can be made", async ({ skip }) => {
    await using root = await temporaryDirectory();
    try {
      execFileSync("mknod", [root.at("odd"), "c", "1", "3"], { stdio: "ignore" });
    } catch {
      skip("only root with CAP_MKNOD can make a device");
    }
    expect(await refusalOf(root.path)).toMatchObject(special);
  });
});

describe("names", () => {
  test("that are not UTF-8 are shown as bytes", async () => {
    await using root = await temporaryDirectory();
    await write(root.path, [Buffer.from([0x61, 0xff, 0x62])]);
    const error = await refusalOf(root.path);
    expect(error).toMatchObject({ code: "MODEL_NAME_REFUSED", message: '"a\ufffdb" is not UTF-8 (bytes 61ff62)' });
  });

  test("that are not UTF-8 are refused for directories too, once for each", async () => {
    await using root = await temporaryDirectory();
    await mkdir(Buffer.concat([Buffer.from(`${root.path}/`), Buffer.from([0xe9])]));
    await write(root.path, [Buffer.from([0xe9, 0x2f, 0x61])]);
    expect(await refusalOf(root.path)).toMatchObject({ code: "MODEL_NAME_REFUSED", details: [] });
  });

  test.each([
    ["line\nbreak", "holds a control character"],
    ["escape\u001b[31m", "holds a control character"],
    ["back\\slash", "holds a backslash, which separates directories on other systems"],
    ["replacement\ufffd", "is not valid Unicode"],
  ])("%j", async (name, why) => {
    await using root = await temporaryDirectory();
    await write(root.path, [`below/${name}`]);
    const error = await refusalOf(root.path);
    expect(error.code).toBe("MODEL_NAME_REFUSED");
    expect(error.message).toContain(why);
    // A name must not be able to forge a second line of a log.
    expect(error.message).not.toMatch(/[\n\u001b]/);
  });

  test("a path of more than 1024 bytes", async () => {
    await using root = await temporaryDirectory();
    await write(root.path, [`${"d".repeat(250)}/`.repeat(4) + "f".repeat(30)]);
    const error = await refusalOf(root.path);
    expect(error.code).toBe("MODEL_NAME_REFUSED");
    expect(error.message).toContain("is longer than 1024 bytes");
  });

  test.each([
    [["README", "readme"], '"readme" differs from another only in case or Unicode normalisation: "README"'],
    [
      ["caf\u00e9", "cafe\u0301"],
      '"caf\u00e9" differs from another only in case or Unicode normalisation: "cafe\u0301"',
    ],
    [
      ["A/x", "a/y"],
      '"a/y" lies in a directory that differs from another only in case or Unicode normalisation: "A/x"',
    ],
    [["A/x", "a"], '"a" is a file and also a directory: "A/x"'],
  ])("%j clash", async (paths, message) => {
    await using root = await temporaryDirectory();
    await write(root.path, paths);
    expect(await refusalOf(root.path)).toMatchObject({ code: "MODEL_NAME_CLASH", message });
  });
});

describe("several problems", () => {
  test("are all listed, the first by name deciding the code", async () => {
    await using root = await temporaryDirectory();
    await write(root.path, ["fine.bin", "z/README", "z/readme", "tab\tname"]);
    await symlink("/etc/passwd", root.at("b-escapes"));
    await symlink("nowhere", root.at("a-broken"));
    execFileSync("mkfifo", [root.at("c-pipe")]);

    const error = await refusalOf(root.path);

    expect(error).toMatchObject({
      code: "MODEL_LINK_UNUSABLE",
      family: "configuration",
      message: 'the link "a-broken" leads nowhere: ENOENT (and 4 more)',
    });
    expect(error.details).toEqual([
      'MODEL_LINK_UNUSABLE the link "a-broken" leads nowhere: ENOENT',
      'MODEL_LINK_ESCAPES the link "b-escapes" leads out of the directory',
      'MODEL_SPECIAL_FILE "c-pipe" is not a file, a directory or a link',
      'MODEL_NAME_REFUSED "tab name" holds a control character',
      'MODEL_NAME_CLASH "z/readme" differs from another only in case or Unicode normalisation: "z/README"',
    ]);
  });

  test("are counted when there are too many to list", async () => {
    await using root = await temporaryDirectory();
    for (let n = 0; n < 25; n += 1) await symlink("nowhere", root.at(`link-${n}`));
    const { message, details } = await refusalOf(root.path);
    expect(message).toBe('the link "link-0" leads nowhere: ENOENT (and 24 more)');
    expect(details).toHaveLength(21);
    expect(details.at(-1)).toBe("… and 5 more");
  });
});
