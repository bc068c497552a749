import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { bareRepository, commitTo, git } from "../../../test/support/git.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { type Proposal, Repository, type RepositoryOptions } from "./repository.ts";
import type { Snapshot } from "./snapshot.ts";

const options: RepositoryOptions = {
  signal: new AbortController().signal,
  now: () => new Date("2026-01-02T03:04:05Z"),
  committer: { name: "erin", email: "erin@example.com" },
};
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined) => (content === undefined ? undefined : Buffer.from(content).toString());

const open = (repository: string, more: Partial<RepositoryOptions> = {}) =>
  Repository.open({ repository, branch: "main" }, { ...options, ...more });

function change(files: Readonly<Record<string, string | undefined>>, subject = "Change"): Proposal<string> {
  const entries = Object.entries(files).map(
    ([path, content]) => [path, content === undefined ? undefined : bytes(content)] as const,
  );
  return {
    kind: "change",
    change: { files: new Map(entries), message: { subject, trailers: [["Action", "test"]] } },
    value: subject,
  };
}

describe("reading", () => {
  test("files, lists and history of the first parents", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { "x/one": "1\r\n", "x/y/two": "2", top: "t" });
    commitTo(bare, root.at("c2"), { "x/one": "1b" }, "Second\n\nBecause.\n\nModel-Version: 1.0.0\nReason: a b");
    const side = root.at("c3");
    git(root.at("."), "clone", "--quiet", bare, side);
    git(side, "checkout", "--quiet", "-b", "side");
    await writeFile(join(side, "x/one"), "on the side");
    git(side, "commit", "--quiet", "-am", "On the side");
    git(side, "checkout", "--quiet", "main");
    git(side, "merge", "--quiet", "--no-ff", "-m", "Merge", "side");
    git(side, "push", "--quiet", "origin", "main");

    await using repository = await open(bare);
    const snapshot = await repository.snapshot();
    expect(text(await snapshot.read("top"))).toBe("t");
    expect(await snapshot.read("nothing")).toBeUndefined();
    expect(await snapshot.list("x")).toEqual(["x/one", "x/y/two"]);
    expect(await snapshot.list("absent")).toEqual([]);
    const history = await snapshot.history("x/one");
    expect(history.map((entry) => [entry.subject, text(entry.content)])).toEqual([
      ["Merge", "on the side"],
      ["Second", "1b"],
      ["First commit", "1\r\n"],
    ]);
    expect([...(history[1]?.trailers ?? [])]).toEqual([
      ["Model-Version", "1.0.0"],
      ["Reason", "a b"],
    ]);
  });

  test("a file that was removed and came back", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { f: "1", g: "" });
    await using repository = await open(bare);
    await repository.publish(async () => change({ f: undefined }, "Remove"));
    await repository.publish(async () => change({ f: "2" }, "Again"));
    const history = await (await repository.snapshot()).history("f");
    expect(history.map(({ subject, content }) => [subject, text(content)])).toEqual([
      ["Again", "2"],
      ["Remove", undefined],
      ["First commit", "1"],
    ]);
  });

  test("an empty repository", async () => {
    await using root = await temporaryDirectory();
    await using repository = await open(bareRepository(root.at("."), "empty", undefined));
    const snapshot = await repository.snapshot();
    expect([snapshot.commit, await snapshot.read("a"), await snapshot.list("a"), await snapshot.history("a")]).toEqual([
      undefined,
      undefined,
      [],
      [],
    ]);
  });

  test.each(["", "/etc/passwd", "../x", "a/../b", "a//b", ".git/config", "a/.GIT/x", "a\nb", "a\\b"])(
    "refuses the path %j",
    async (path) => {
      await using root = await temporaryDirectory();
      await using repository = await open(bareRepository(root.at("."), "a", { f: "1" }));
      const snapshot = await repository.snapshot();
      await expectError("GIT_PATH_INVALID", () => snapshot.read(path));
      await expectError("GIT_PATH_INVALID", () => repository.publish(async () => change({ [path]: "x" })));
    },
  );

  test("refuses what is not a file, and what is too large", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { "d/f": "12345" });
    const checkout = root.at("links");
    git(root.at("."), "clone", "--quiet", bare, checkout);
    await symlink("/etc/passwd", join(checkout, "link"));
    git(checkout, "add", ".");
    git(checkout, "commit", "--quiet", "-m", "A link");
    git(checkout, "push", "--quiet", "origin", "main");
    await using repository = await open(bare);
    const snapshot = await repository.snapshot();
    await expectError("GIT_FILE_UNUSABLE", () => snapshot.read("link"));
    await expectError("GIT_FILE_UNUSABLE", () => snapshot.read("d"));
    await expectError("GIT_FILE_UNUSABLE", () => snapshot.read("d/f", 4));
  });
});

describe("publishing", () => {
  test("makes the first commit of an empty repository, keeps modes, deletes", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "empty", undefined);
    await using repository = await open(bare);
    const { commit, attempts } = await repository.publish(async () => change({ "a/b": "1", c: "2" }));
    expect([git(bare, "rev-parse", "main"), attempts]).toEqual([commit, 1]);
    await repository.publish(async () => change({ "a/b": undefined }));
    expect(git(bare, "ls-tree", "-r", "--name-only", "main")).toBe("c");
    expect(git(bare, "log", "-1", "--format=%an %ae %aI")).toBe("erin erin@example.com 2026-01-02T03:04:05+00:00");
  });

  test("one branch of eight writers: every change is there once, none is lost", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { counter: "0" });
    const write = async (writer: number) => {
      await using repository = await open(bare);
      for (let round = 0; round < 3; round += 1) {
        await repository.publish(async (snapshot: Snapshot) => {
          const count = Number(text(await snapshot.read("counter")));
          return change(
            { counter: String(count + 1), [`own/${writer}-${round}`]: "x" },
            `writer ${writer} round ${round}`,
          );
        });
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
    expect(git(bare, "show", "main:counter")).toBe("24");
    const subjects = git(bare, "log", "--format=%s", "main").split("\n");
    expect([subjects.length, new Set(subjects).size, git(bare, "log", "--merges", "--format=%s", "main")]).toEqual([
      25,
      25,
      "",
    ]);
  }, 60_000);

  test("proposes again when somebody else was faster, and stops when the proposal gives up", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { f: "1" });
    const retries: string[] = [];
    await using repository = await open(bare, { onRetry: (_, why) => retries.push(why) });
    const seen: (string | undefined)[] = [];
    const { attempts } = await repository.publish(async (snapshot) => {
      seen.push(text(await snapshot.read("f")));
      if (seen.length === 1) commitTo(bare, root.at("racer"), { f: "theirs" }, "Faster");
      return change({ g: "mine" });
    });
    expect([seen, attempts, retries.length]).toEqual([["1", "theirs"], 2, 1]);
    expect(git(bare, "show", "main:f")).toBe("theirs");
    await expect(repository.publish(async () => Promise.reject(new Error("moved")))).rejects.toThrow("moved");
  });

  test("two first commits: one starts again on top of the other", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "empty", undefined);
    await using repository = await open(bare);
    let calls = 0;
    await repository.publish(async () => {
      calls += 1;
      if (calls === 1) commitTo(bare, root.at("racer"), { theirs: "1" }, "Faster");
      return change({ mine: "1" });
    });
    expect([calls, git(bare, "ls-tree", "--name-only", "main")]).toEqual([2, "mine\ntheirs"]);
  });

  test("a hook that declines is the end, and nothing changes", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { f: "1" });
    const before = git(bare, "rev-parse", "main");
    await writeFile(join(bare, "hooks/pre-receive"), "#!/bin/sh\necho policy: no pushes on Fridays >&2\nexit 1\n");
    await chmod(join(bare, "hooks/pre-receive"), 0o755);
    await using repository = await open(bare);
    const error = await expectError("PUSH_REJECTED", () => repository.publish(async () => change({ f: "2" })));
    expect(error.details.join("\n")).toContain("no pushes on Fridays");
    expect(git(bare, "rev-parse", "main")).toBe(before);
  });

  test("a checked-out branch is refused with the way out", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { f: "1" });
    git(root.at("."), "clone", "--quiet", bare, root.at("checkout"));
    await using repository = await open(root.at("checkout"));
    const error = await expectError("PUSH_REJECTED", () => repository.publish(async () => change({ f: "2" })));
    expect(error.remedy).toContain("bare repository");
  });

  test("no text can forge a trailer", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { f: "1" });
    await using repository = await open(bare);
    await repository.publish(async () => ({
      kind: "change",
      change: {
        files: new Map([["f", bytes("2")]]),
        message: {
          subject: "Subject\nApproved-By: subject",
          body: "Approved-By: body\n\nApproved-By: paragraph",
          trailers: [
            ["Reason", "why\nApproved-By: value"],
            ["Approved-By", "lena"],
          ],
        },
      },
      value: undefined,
    }));
    expect(git(bare, "log", "-1", "--format=%(trailers:key=Approved-By,valueonly)", "main")).toBe("lena");
    expect([...((await (await repository.snapshot()).history("f"))[0]?.trailers ?? [])]).toEqual([
      ["Reason", "why Approved-By: value"],
      ["Approved-By", "lena"],
    ]);
  });
});

describe("remotes", () => {
  test.each([
    "-oProxyCommand=x",
    "--upload-pack=touch x",
    "ext::sh -c touch% x",
    "fd::3",
    "relative/path",
    "https://user:secret@git.example.com/a.git",
    "https://token@git.example.com/a.git",
    "ftp://git.example.com/a.git",
  ])("refuses %j, and shows no password", async (repository) => {
    const error = await expectError("GIT_REMOTE_INVALID", () => open(repository));
    expect(error.message).not.toMatch(/secret|token@/);
  });

  test.each(["", "-x", "a..b", "a b", "x.lock", ".x", "a\n", "@"])("refuses the branch %j", async (branch) => {
    await expectError("GIT_REMOTE_INVALID", () => Repository.open({ repository: "/a", branch }, options));
  });

  test("a repository that is not there, and one that is shallow", async () => {
    await using root = await temporaryDirectory();
    await using nowhere = await open(root.at("nowhere.git"));
    await expectError("GIT_NOT_FOUND", () => nowhere.snapshot());
    const bare = bareRepository(root.at("."), "a", { f: "1" });
    commitTo(bare, root.at("c2"), { f: "2" }, "Second");
    git(root.at("."), "clone", "--quiet", "--depth=1", `file://${bare}`, root.at("shallow"));
    await using shallow = await open(root.at("shallow"));
    await expectError("GIT_SHALLOW", () => shallow.snapshot());
    await expectError("GIT_SHALLOW", () => shallow.publish(async () => change({ f: "3" })));
  });

  test("a hostile configuration in a repository starts nothing", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { f: "1", ".gitattributes": "* filter=evil diff=evil merge=evil" });
    const marker = root.at("marker");
    await mkdir(marker);
    const touch = (name: string) => `touch ${join(marker, name)}`;
    const config = `
[core]\n fsmonitor = ${touch("fsmonitor")}\n sshCommand = ${touch("ssh")}\n hooksPath = ${root.at("evil-hooks")}\n pager = ${touch("pager")}\n editor = ${touch("editor")}
[uploadpack]\n packObjectsHook = ${touch("pack-objects")}
[credential]\n helper = !${touch("credential")}
[filter "evil"]\n clean = ${touch("clean")}\n smudge = ${touch("smudge")}
[diff "evil"]\n textconv = ${touch("textconv")}\n command = ${touch("diff")}
[alias]\n fetch = !${touch("alias")}\n push = !${touch("alias-push")}
[gpg]\n program = ${touch("gpg")}
[commit]\n gpgSign = true
`;
    const checkout = root.at("hostile");
    git(root.at("."), "clone", "--quiet", bare, checkout);
    git(checkout, "checkout", "--quiet", "--detach");
    await writeFile(join(checkout, ".git/config"), `[core]\n repositoryformatversion = 0\n bare = false\n${config}`);
    await using repository = await open(checkout);
    const snapshot = await repository.snapshot();
    expect(text(await snapshot.read("f"))).toBe("1");
    await snapshot.history("f");
    await repository.publish(async () => change({ f: "2" }));
    expect(await readdir(marker)).toEqual([]);
  });

  test("the token reaches the server when it asks, and nothing else", async () => {
    await using root = await temporaryDirectory();
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const token = { place: root.at("token"), read: async () => Buffer.from("very-secret\n") };
    const remote = { repository: `http://127.0.0.1:${port}/a.git`, branch: "main", token };
    await using repository = await Repository.open(remote, options);
    const error = await expectError("GIT_ACCESS_DENIED", () => repository.snapshot());
    server.close();
    expect(`${error.message} ${error.details.join(" ")}`).not.toContain("very-secret");
    expect(seen[0]).toBeUndefined();
    expect(Buffer.from(seen[1]?.replace("Basic ", "") ?? "", "base64").toString()).toBe("x-access-token:very-secret");
  });

  test("an abort ends it and leaves no directory", async () => {
    await using root = await temporaryDirectory();
    const bare = bareRepository(root.at("."), "a", { f: "1" });
    // Other tests make directories beside ours in the common one.
    const temporary = root.at("temporary");
    await mkdir(temporary);
    vi.stubEnv("TMPDIR", temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    const abort = new AbortController();
    const work = async () => {
      await using repository = await open(bare, { signal: abort.signal });
      expect(await readdir(temporary)).toHaveLength(1);
      await repository.publish(async () => {
        abort.abort(new Error("stopped"));
        return change({ f: "2" });
      });
    };
    await expect(work()).rejects.toThrow("stopped");
    expect(await readdir(temporary)).toEqual([]);
    expect(git(bare, "show", "main:f")).toBe("1");
  });
});
