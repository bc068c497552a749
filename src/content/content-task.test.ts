import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  appendFileSync,
  lstatSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { type ContentTask, type FileIdentity, identityOf, performContentTask } from "./content-task.ts";

const MiB = 1024 * 1024;

describe("hashes and copies", () => {
  test.each([0, 1, 4095, MiB - 1, MiB, MiB + 1, 3 * MiB])("%i bytes", async (size) => {
    await using root = await temporaryDirectory();
    const { source, identity } = await sourceOf(root, randomBytes(size));
    const target = root.at("copy");
    let read = 0;
    const outcome = performContentTask({ source, size, identity, target }, (bytes) => {
      read += bytes;
    });
    expect(outcome).toEqual({ ok: true, result: { sha256: sha256(await readFile(source)), size } });
    expect(read).toBe(size);
    expect((await readFile(target)).equals(await readFile(source))).toBe(true);
  });

  test.each([0o600, 0o644, 0o755, undefined])("with mode %o, before the umask", async (mode) => {
    await using root = await temporaryDirectory();
    const { source, size } = await sourceOf(root, "content");
    const target = root.at("copy");
    performContentTask({ source, size, target, ...(mode === undefined ? {} : { mode }) }, () => {});
    expect(statSync(target).mode & 0o777).toBe((mode ?? 0o666) & ~process.umask());
  });

  it("needs no identity, and then takes a new link to the file for no change", async () => {
    await using root = await temporaryDirectory();
    const { source, size } = await sourceOf(root, randomBytes(2 * MiB));
    // What another process does to a blob when it stores the same content: the name gets another file.
    const outcome = performContentTask({ source, size }, () => renameOver(source, root.at("other")));
    expect(outcome).toMatchObject({ ok: true });
  });
});

describe("a source that is not what was listed is `changed`", () => {
  const replaced: Record<string, (source: string, root: Temporary) => Promise<unknown>> = {
    appended: (source) => appendFile(source, "x"),
    truncated: (source) => truncate(source, 3),
    emptied: (source) => truncate(source, 0),
    "overwritten with as many bytes": (source) => writeFile(source, "CONTENT"),
    touched: (source) => utimes(source, 1, 1),
    "given another mode": (source) => chmod(source, 0o600),
    "replaced by an equal file": async (source, root) => {
      await writeFile(root.at("other"), "content");
      await rename(root.at("other"), source);
    },
    removed: (source) => rm(source),
    "replaced by a link to an equal file": async (source, root) => {
      await rename(source, root.at("elsewhere"));
      await symlink(root.at("elsewhere"), source);
    },
    "replaced by a directory": async (source) => {
      await rm(source);
      await mkdir(source);
    },
    "replaced by a pipe": async (source) => {
      await rm(source);
      await promisify(execFile)("mkfifo", [source]);
    },
    "its directory replaced by a file": async (source, root) => {
      await rename(root.at("model"), root.at("moved"));
      await writeFile(root.at("model"), source);
    },
  };

  test.each(Object.entries(replaced))("%s", { timeout: 5000 }, async (_, change) => {
    await using root = await temporaryDirectory();
    const { source, size, identity } = await sourceOf(root, "content");
    await change(source, root);
    const target = root.at("copy");
    const outcome = performContentTask({ source, size, identity, target }, () => {});
    expect(outcome).toMatchObject({ ok: false, kind: "changed" });
    expect(await readdir(root.path)).not.toContain("copy");
  });

  it("a socket", async () => {
    await using root = await temporaryDirectory();
    const server = createServer().listen(root.at("socket"));
    await new Promise((done) => server.on("listening", done));
    expect(performContentTask({ source: root.at("socket"), size: 1 }, () => {})).toMatchObject({ kind: "changed" });
    server.close();
  });

  test.each(["/dev/zero", "/dev/null", "/dev/tty"])("%s, which would have no end or no content", (source) => {
    expect(performContentTask({ source, size: 1 }, () => {})).toMatchObject({ ok: false });
  });

  it("another size than was said, even without an identity", async () => {
    await using root = await temporaryDirectory();
    const { source } = await sourceOf(root, "content");
    for (const size of [0, 6, 8]) {
      expect(performContentTask({ source, size }, () => {})).toMatchObject({ ok: false, kind: "changed" });
    }
  });
});

describe("a source that changes while it is read is `changed`, and its copy is removed", () => {
  const size = 3 * MiB;
  const changes: Record<string, (source: string) => void> = {
    "grows once": (source) => appendFileSync(source, "x"),
    "grows faster than it is read": (source) => appendFileSync(source, Buffer.alloc(2 * MiB)),
    "shrinks below what was read": (source) => truncateSync(source, 10),
    "shrinks a little": (source) => truncateSync(source, size - 1),
    "is overwritten at its end": (source) => overwrite(source, size - 1),
    "is overwritten where it was read": (source) => overwrite(source, 0),
    "is touched": (source) => utimesSync(source, 1, 1),
  };

  test.each(Object.entries(changes))("%s", async (_, change) => {
    await using root = await temporaryDirectory();
    const { source, identity } = await sourceOf(root, Buffer.alloc(size));
    let calls = 0;
    const outcome = performContentTask({ source, size, identity, target: root.at("copy") }, () => {
      calls += 1;
      change(source);
    });
    expect(outcome).toMatchObject({ ok: false, kind: "changed" });
    expect(calls).toBeLessThanOrEqual(3);
    expect(await readdir(root.path)).toEqual(["model"]);
  });

  it("is replaced: the file that was opened is still the one that is read", async () => {
    await using root = await temporaryDirectory();
    const { source, identity } = await sourceOf(root, randomBytes(size));
    const outcome = performContentTask({ source, size, identity }, () => renameOver(source, root.at("other")));
    // A rename changes the times of the file that lost its name, so this errs on the safe side.
    expect(outcome).toMatchObject({ ok: false, kind: "changed" });
  });
});

describe("a target", () => {
  it("that exists is left alone", async () => {
    await using root = await temporaryDirectory();
    const task = { ...(await sourceOf(root, "content")), target: root.at("copy") };
    await writeFile(task.target, "precious");
    expect(performContentTask(task, () => {})).toMatchObject({ ok: false, kind: "unwritable" });
    expect(await readFile(task.target, "utf8")).toBe("precious");
  });

  it("that is a link is not written through", async () => {
    await using root = await temporaryDirectory();
    const task = { ...(await sourceOf(root, "content")), target: root.at("copy") };
    await symlink(root.at("elsewhere"), task.target);
    expect(performContentTask(task, () => {})).toMatchObject({ ok: false, kind: "unwritable" });
    expect((await readdir(root.path)).sort()).toEqual(["copy", "model"]);
    expect(lstatSync(task.target).isSymbolicLink()).toBe(true);
  });

  it("in a directory that does not exist cannot be written", async () => {
    await using root = await temporaryDirectory();
    const task = { ...(await sourceOf(root, "content")), target: root.at("no", "copy") };
    expect(performContentTask(task, () => {})).toMatchObject({ ok: false, kind: "unwritable" });
  });

  it("is removed when the one who is told of progress throws, and that error is not mistaken for the file's", async () => {
    await using root = await temporaryDirectory();
    const task = { ...(await sourceOf(root, "content")), target: root.at("copy") };
    const fault = new TypeError("a fault in the display");
    const onBytes = () => {
      throw fault;
    };
    expect(() => performContentTask(task, onBytes)).toThrow(fault);
    expect(await readdir(root.path)).toEqual(["model"]);
  });
});

async function sourceOf(
  root: Temporary,
  content: string | Buffer,
): Promise<Required<Pick<ContentTask, "source" | "size">> & { identity: FileIdentity }> {
  await mkdir(root.at("model"));
  const source = root.at("model", "weights.bin");
  await writeFile(source, content);
  // Kernels before 6.13 give the same time to all that happens within 4 ms.
  await sleep(8);
  return { source, size: content.length, identity: identityOf(lstatSync(source, { bigint: true })) };
}

function overwrite(path: string, position: number): void {
  const bytes = readFileSync(path);
  bytes[position] = 1;
  writeFileSync(path, bytes, { flag: "r+" });
}

function renameOver(path: string, other: string): void {
  writeFileSync(other, readFileSync(path));
  renameSync(other, path);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
