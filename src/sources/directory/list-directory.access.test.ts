import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runFile } from "../../../test/support/child.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
}

/** Root may read everything; another user's process may not. */
const somebody = process.getuid?.() === 0 ? 65534 : undefined;

async function listedBySomebody(directory: string): Promise<Refusal> {
  return JSON.parse(
    await runFile(new URL("./fixtures/list-process.ts", import.meta.url), [directory], { uid: somebody }),
  );
}

/** A directory that everybody may enter, and whose parts can be removed whatever their mode. */
async function closable() {
  const root = await temporaryDirectory();
  const restore: string[] = [];
  return {
    path: root.path,
    forbid: async (path: string, mode = 0o000) => {
      restore.push(join(root.path, path));
      await chmod(join(root.path, path), mode);
    },
    [Symbol.asyncDispose]: async () => {
      for (const path of restore) await chmod(path, 0o755);
      await root[Symbol.asyncDispose]();
    },
  };
}

test("names every file and directory that may not be read", async () => {
  await using root = await closable();
  await mkdir(join(root.path, "closed"));
  await writeFile(join(root.path, "closed/inner"), "x");
  await writeFile(join(root.path, "open.bin"), "x");
  await writeFile(join(root.path, "secret.bin"), "x");
  await symlink("closed/inner", join(root.path, "via-link"));
  await root.forbid("closed");
  await root.forbid("secret.bin");

  const { code, message, details } = await listedBySomebody(root.path);

  expect(code).toBe("MODEL_UNREADABLE");
  expect(message).toMatch(/^cannot read "closed": EACCES: .* \(and 2 more\)$/);
  expect(details).toEqual([
    expect.stringMatching(/^MODEL_UNREADABLE cannot read "closed": EACCES/),
    expect.stringMatching(/^MODEL_UNREADABLE cannot read "secret.bin": EACCES/),
    // It leads somewhere; where, this user may not see.
    expect.stringMatching(/^MODEL_UNREADABLE cannot read "via-link": EACCES/),
  ]);
});

test.each([
  ["may not be listed", 0o300],
  ["may not be entered", 0o600],
  ["is closed", 0o000],
])("names the model's directory when it %s", async (_, mode) => {
  await using root = await closable();
  await mkdir(join(root.path, "model"));
  await writeFile(join(root.path, "model/a"), "x");
  await root.forbid("model", mode);
  const { code, message } = await listedBySomebody(join(root.path, "model"));
  expect(code).toBe("MODEL_UNREADABLE");
  expect(message).toMatch(/^cannot read \/.*\/model: EACCES/);
});

test("says that a directory cannot be reached, not that it is missing", async () => {
  await using root = await closable();
  await mkdir(join(root.path, "closed/model"), { recursive: true });
  await root.forbid("closed");
  expect((await listedBySomebody(join(root.path, "closed/model"))).code).toBe("MODEL_UNREADABLE");
});

test("reads what everybody may read", async () => {
  await using root = await closable();
  await writeFile(join(root.path, "a"), "x", { mode: 0o444 });
  expect(await listedBySomebody(root.path)).toEqual({ code: "none", message: "a", details: [] });
});
