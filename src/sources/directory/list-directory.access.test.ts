import { chmod, mkdir, mkdtempDisposable, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../../../test/support/program.ts";

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
}

const program = `
  import { listModelDirectory } from ${JSON.stringify(new URL("./list-directory.ts", import.meta.url).href)};
  try {
    const { files } = await listModelDirectory(process.argv[1]);
    console.log(JSON.stringify({ code: "none", message: files.map(({ path }) => path).join(), details: [] }));
  } catch ({ code, message, details }) {
    console.log(JSON.stringify({ code, message, details }));
  }
`;

async function listedByNobody(directory: string): Promise<Refusal> {
  return JSON.parse(await runProgram(program, [directory], { unprivileged: true }));
}

/** A directory that everybody may enter, and whose parts can be removed whatever their mode. */
async function temporary() {
  const root = await mkdtempDisposable(join(tmpdir(), "slipway-access-"));
  await chmod(root.path, 0o755);
  const restore: string[] = [];
  return {
    path: root.path,
    forbid: async (path: string, mode = 0o000) => {
      restore.push(join(root.path, path));
      await chmod(join(root.path, path), mode);
    },
    [Symbol.asyncDispose]: async () => {
      for (const path of restore) await chmod(path, 0o755);
      await root.remove();
    },
  };
}

test("names every file and directory that may not be read", async () => {
  await using root = await temporary();
  await mkdir(join(root.path, "closed"));
  await writeFile(join(root.path, "closed/inner"), "x");
  await writeFile(join(root.path, "open.bin"), "x");
  await writeFile(join(root.path, "secret.bin"), "x");
  await symlink("closed/inner", join(root.path, "via-link"));
  await root.forbid("closed");
  await root.forbid("secret.bin");

  const { code, message, details } = await listedByNobody(root.path);

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
  await using root = await temporary();
  await mkdir(join(root.path, "model"));
  await writeFile(join(root.path, "model/a"), "x");
  await root.forbid("model", mode);
  const { code, message } = await listedByNobody(join(root.path, "model"));
  expect(code).toBe("MODEL_UNREADABLE");
  expect(message).toMatch(/^cannot read \/.*\/model: EACCES/);
});

test("says that a directory cannot be reached, not that it is missing", async () => {
  await using root = await temporary();
  await mkdir(join(root.path, "closed/model"), { recursive: true });
  await root.forbid("closed");
  expect((await listedByNobody(join(root.path, "closed/model"))).code).toBe("MODEL_UNREADABLE");
});

test("reads what everybody may read", async () => {
  await using root = await temporary();
  await writeFile(join(root.path, "a"), "x", { mode: 0o444 });
  expect(await listedByNobody(root.path)).toEqual({ code: "none", message: "a", details: [] });
});
