import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bareRepository, commitTo, git } from "../../../test/support/git.ts";
import { type GitHttpServer, type Interposed, serveGit } from "../../../test/support/git-http-server.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import type { SlipwayError } from "../../errors/index.ts";
import { Repository, type RepositoryOptions } from "./repository.ts";

// The real git against git's own server, over HTTP (DESIGN 6, invariants 5 and 6).

const token = "ghp_very/secret+token=";
const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
/** Every form in which the token travels or is shown. */
const forms = [token, basic, encodeURIComponent(token)];

const text = (content: Uint8Array | undefined) => (content === undefined ? undefined : Buffer.from(content).toString());
const secret = (content: string) => ({ place: "the file of the token", read: async () => Buffer.from(content) });

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
  await mkdir(root.at("repositories"));
  for (const [name, files] of [
    ["whole", { f: "1" }],
    ["empty", undefined],
  ] as const) {
    const bare = bareRepository(root.at("repositories"), name, files);
    // Examples of hooks, which take long to copy.
    for (const hook of await readdir(join(bare, "hooks"))) await rm(join(bare, "hooks", hook));
  }
});
afterAll(() => root[Symbol.asyncDispose]());
afterEach(() => void vi.unstubAllEnvs());

let served = 0;

/** A directory with the repository `gitops.git`, and a server of it. */
async function serve(
  before?: Interposed,
  { password = token, empty = false }: { readonly password?: string | undefined; readonly empty?: boolean } = {},
) {
  served += 1;
  const directory = root.at(`served-${served}`);
  await mkdir(directory);
  const bare = join(directory, "gitops.git");
  await cp(root.at("repositories", empty ? "empty.git" : "whole.git"), bare, { recursive: true });
  const server = await serveGit(directory, { password, ...(before !== undefined && { before }) });
  return { directory, bare, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

function open(server: GitHttpServer, given: string | undefined = token, more: Partial<RepositoryOptions> = {}) {
  return Repository.open(
    {
      repository: `${server.url}/gitops.git`,
      branch: "main",
      ...(given !== "" && { token: secret(given) }),
    },
    {
      signal: new AbortController().signal,
      now: () => new Date("2026-01-02T03:04:05Z"),
      committer: { name: "erin", email: "erin@example.com" },
      ...more,
    },
  );
}

function write(repository: Repository, content: string, meanwhile: () => unknown = () => {}) {
  return repository.publish(async () => {
    meanwhile();
    const files = new Map([["f", new TextEncoder().encode(content)]]);
    return { kind: "change", change: { files, message: { subject: "Change", trailers: [] } }, value: undefined };
  });
}

/** All that an error may show. */
function shownBy(error: SlipwayError): string {
  return [error.message, error.remedy, ...error.details, String(error.cause), error.stack].join("\n");
}

function expectNoToken(shown: string): void {
  for (const form of forms) expect(shown).not.toContain(form);
}

describe("with the token that the server wants", () => {
  it("reads, writes and writes again on top of others", async () => {
    await using at = await serve();
    await using repository = await open(at.server);
    const snapshot = await repository.snapshot();
    expect([snapshot.commit, text(await snapshot.read("f"))]).toEqual([git(at.bare, "rev-parse", "main"), "1"]);
    let calls = 0;
    const { commit, attempts } = await write(repository, "2", () => {
      calls += 1;
      if (calls === 1) commitTo(at.bare, root.at("faster"), { g: "theirs" }, "Faster");
    });
    expect([attempts, git(at.bare, "rev-parse", "main")]).toEqual([2, commit]);
    expect([git(at.bare, "show", "main:f"), git(at.bare, "show", "main:g")]).toEqual(["2", "theirs"]);
  });

  it("sends it when it is asked for it, as the password of HTTP Basic", async () => {
    await using at = await serve();
    await using repository = await open(at.server);
    await repository.snapshot();
    const [first, ...others] = at.server.seen.map(({ authorization }) => authorization);
    expect(first).toBeUndefined();
    expect(new Set(others)).toEqual(new Set([`Basic ${basic}`]));
  });

  it.each([
    ["a line break at its end", `${token}\n`],
    ["a line break as Windows writes it", `${token}\r\n`],
    ["an empty line at its end", `${token}\n\n`],
    ["a comment below it", `${token}\n# of the robot\n`],
  ])("takes it from a file with %s, and hides it", async (_, content) => {
    const echo: Interposed = ({ url, headers }, response) =>
      headers.authorization !== undefined && url?.includes("receive-pack") === true && refuse(response, headers);
    await using at = await serve(echo);
    await using repository = await open(at.server, content);
    expect(text(await (await repository.snapshot()).read("f"))).toBe("1");
    expectNoToken(shownBy(await expectError("GIT_ACCESS_DENIED", () => write(repository, "2"))));
  });

  it("reads a repository without commits, and a branch that is not there, as empty", async () => {
    await using empty = await serve(undefined, { empty: true });
    await using first = await open(empty.server);
    expect((await first.snapshot()).commit).toBeUndefined();
    await write(first, "1");
    expect(git(empty.bare, "show", "main:f")).toBe("1");
    git(empty.bare, "branch", "-m", "main", "other");
    await using second = await open(empty.server);
    expect((await second.snapshot()).commit).toBeUndefined();
  });

  it("leaves nothing behind", async () => {
    vi.stubEnv("TMPDIR", root.at("tmp"));
    await mkdir(root.at("tmp"));
    await using at = await serve();
    await using wrong = await open(at.server, "wrong");
    await expectError("GIT_ACCESS_DENIED", () => wrong.snapshot());
    await wrong[Symbol.asyncDispose]();
    await expectError("GIT_ACCESS_DENIED", () => open(at.server, "\n"));
    expect(await readdir(root.at("tmp"))).toEqual([]);
  });
});

function refuse(response: ServerResponse, { authorization = "" }: IncomingMessage["headers"], status = 403): true {
  const plain = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
  const body = `You sent ${authorization}, which is ${plain}, or ${encodeURIComponent(plain)}.\n`;
  response.writeHead(status, { "content-type": "text/plain" }).end(body);
  return true;
}

describe("without access", () => {
  it.each([
    ["a wrong token", "wrong"],
    ["no token", ""],
    ["an empty token", "\n"],
    ["a token below an empty line", `\n${token}\n`],
  ])("is refused with %s", async (_, given) => {
    await using at = await serve();
    const error = await expectError("GIT_ACCESS_DENIED", async () => {
      await using repository = await open(at.server, given);
      await repository.snapshot();
    });
    expectNoToken(shownBy(error));
    expect(shownBy(error)).not.toContain("wrong");
    expect(shownBy(error)).not.toContain(Buffer.from("x-access-token:wrong").toString("base64"));
  });

  it("is refused with a token that may only read", async () => {
    const readOnly: Interposed = ({ url }, response) => {
      if (!url?.includes("receive-pack")) return false;
      response.writeHead(403).end();
      return true;
    };
    await using at = await serve(readOnly);
    await using repository = await open(at.server);
    await repository.snapshot();
    await expectError("GIT_ACCESS_DENIED", () => write(repository, "2"));
    expect(git(at.bare, "show", "main:f")).toBe("1");
  });

  it("is told from a repository that is not there", async () => {
    await using at = await serve();
    await using repository = await Repository.open(
      { repository: `${at.server.url}/nowhere.git`, branch: "main", token: secret(token) },
      {
        signal: new AbortController().signal,
        now: () => new Date(),
        committer: { name: "erin", email: "e@example.com" },
      },
    );
    await expectError("GIT_NOT_FOUND", () => repository.snapshot());
  });
});

describe("a server that shows what it was sent", () => {
  it.each([401, 403, 404, 500])("in the body of a %i does not bring the token into an error", async (status) => {
    await using at = await serve(
      (request, response) => request.headers.authorization !== undefined && refuse(response, request.headers, status),
    );
    await using repository = await open(at.server);
    const error = await expectError("GIT_[A-Z_]+", () => repository.snapshot());
    expectNoToken(shownBy(error));
    if (status !== 401) expect(shownBy(error)).toContain("You sent Basic …");
  });

  it("in what a hook says does not either", async () => {
    await using at = await serve();
    const hook = join(at.bare, "hooks", "pre-receive");
    await writeFile(hook, `#!/bin/sh\necho 'no pushes with ${token} (${basic})' >&2\nexit 1\n`);
    await chmod(hook, 0o755);
    await using repository = await open(at.server);
    const error = await expectError("PUSH_REJECTED", () => write(repository, "2"));
    expectNoToken(shownBy(error));
    expect(error.details.join("\n")).toContain("no pushes with … (…)");
  });

  it("in the status of the branch does not either", async () => {
    const packet = (line: string) => `${(line.length + 4).toString(16).padStart(4, "0")}${line}`;
    let head = "";
    const reject: Interposed = async (request, response) => {
      const { url = "", method, headers } = request;
      if (!url.includes("git-receive-pack") || headers.authorization === undefined) return false;
      for await (const _ of request);
      const kind = method === "GET" ? "advertisement" : "result";
      response.writeHead(200, { "content-type": `application/x-git-receive-pack-${kind}` });
      const service = `${packet("# service=git-receive-pack\n")}0000`;
      const advertised = `${service}${packet(`${head} refs/heads/main\0report-status\n`)}0000`;
      const refused = `${packet("unpack ok\n")}${packet(`ng refs/heads/main not for ${token} or ${basic}\n`)}0000`;
      response.end(method === "GET" ? advertised : refused);
      return true;
    };
    await using at = await serve(reject);
    head = git(at.bare, "rev-parse", "main");
    await using repository = await open(at.server);
    const error = await expectError("PUSH_REJECTED", () => write(repository, "2"));
    expectNoToken(shownBy(error));
    expect(error.message).toContain("not for … or …");
  });
});

describe("a redirect", () => {
  it.each([
    ["at once, to one that wants credentials", false, true],
    ["at once, to one that wants none", false, false],
    ["of who has authenticated, to one that wants credentials", true, true],
    ["of who has authenticated, to one that wants none", true, false],
  ])("%s, does not take the token to another server", async (_, late, wanted) => {
    const headers: string[] = [];
    await using other = await serve();
    await using another = await serveGit(other.directory, {
      ...(wanted && { password: token }),
      before: (request) => {
        headers.push(JSON.stringify(request.rawHeaders));
        return false;
      },
    });
    await using at = await serve((request, response) => {
      const { url = "", method } = request;
      if (method !== "GET" || (late && request.headers.authorization === undefined)) return false;
      response.writeHead(302, { location: `${another.url}${url}` }).end();
      return true;
    });
    await using repository = await open(at.server);
    const reading = () => repository.snapshot();
    if (wanted) expectNoToken(shownBy(await expectError("GIT_ACCESS_DENIED", reading)));
    else expect(text(await (await reading()).read("f"))).toBe("1");
    expect(at.server.seen.some(({ authorization }) => authorization !== undefined)).toBe(late);
    expect(another.seen.length).toBeGreaterThan(0);
    expect(another.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expectNoToken(headers.join("\n"));
  });

  it("of a push does not take the pack to another server", async () => {
    await using other = await serve();
    await using at = await serve(({ url = "", method }, response) => {
      if (method !== "POST" || !url.endsWith("git-receive-pack")) return false;
      response.writeHead(302, { location: `${other.server.url}${url}` }).end();
      return true;
    });
    await using repository = await open(at.server);
    await expectError("GIT_UNREACHABLE", () => write(repository, "2"));
    expect(other.server.seen).toEqual([]);
  });

  it("in a circle comes to an end", async () => {
    await using at = await serve(({ url = "" }, response) => {
      response.writeHead(302, { location: url }).end();
      return true;
    });
    await using repository = await open(at.server);
    await expectError("GIT_UNREACHABLE", () => repository.snapshot());
  });
});

type Fault = (request: IncomingMessage, response: ServerResponse) => void;

describe("a server that fails", () => {
  const status =
    (code: number, body = ""): Fault =>
    (_, response) =>
      response.writeHead(code, { "content-type": "text/plain" }).end(body);
  const page =
    (type: string, body: string): Fault =>
    (_, response) =>
      response.writeHead(200, { "content-type": type }).end(body);
  const cut =
    (type: string, body: string): Fault =>
    (request, response) => {
      response.writeHead(200, { "content-type": type, "content-length": "5000" }).write(body);
      setTimeout(() => request.socket.destroy(), 10);
    };
  const advertisement = "application/x-git-upload-pack-advertisement";
  const fetched = "application/x-git-upload-pack-result";
  const received = "application/x-git-receive-pack-result";

  it.each<[string, Fault, string]>([
    ["answers 500", status(500), "GIT_UNREACHABLE"],
    ["answers 502", status(502), "GIT_UNREACHABLE"],
    ["answers 503", status(503), "GIT_UNREACHABLE"],
    ["answers 429", status(429), "GIT_UNREACHABLE"],
    [
      "answers 500 in words that git uses",
      status(500, "fatal: couldn't find remote ref refs/heads/main\n"),
      "GIT_UNREACHABLE",
    ],
    ["answers 500 with the numbers of other answers", status(500, "incident 401 and 403\n"), "GIT_UNREACHABLE"],
    ["closes the connection at once", (request) => request.socket.destroy(), "GIT_UNREACHABLE"],
    ["closes it half way", cut(advertisement, "001e# service=git-upload-pack\n"), "GIT_UNREACHABLE"],
    ["answers rubbish", page(advertisement, "rubbish"), "GIT_UNREACHABLE"],
    ["answers nothing", page(advertisement, ""), "GIT_UNREACHABLE"],
    ["answers with a page of one line", page("text/html", "<html>Log in</html>"), "GIT_NOT_FOUND"],
    ["answers with a page", page("text/html", "<html>\n<p>Log in</p>\n</html>\n"), "GIT_(UNREACHABLE|NOT_FOUND)"],
    ["answers with an empty page", page("text/html", ""), "GIT_NOT_FOUND"],
    ["answers with words and no type", page("text/plain", "OK"), "GIT_NOT_FOUND"],
  ])("and %s is not an empty repository", async (_, fault, code) => {
    await using at = await serve((request, response) => {
      fault(request, response);
      return true;
    });
    await using repository = await open(at.server);
    await expectError(code, () => repository.snapshot());
  });

  it.each<[string, Fault, string]>([
    ["answers 500", status(500), "GIT_UNREACHABLE"],
    ["closes the connection at once", (request) => request.socket.destroy(), "GIT_UNREACHABLE"],
    ["closes it half way", cut(fetched, "0014packfile"), "GIT_UNREACHABLE"],
    ["answers rubbish", page(fetched, "rubbish"), "GIT_UNREACHABLE"],
    ["answers nothing", page(fetched, ""), "GIT_UNREACHABLE"],
  ])("and %s when it is asked for commits gives none", async (_, fault, code) => {
    await using at = await serve((request, response) => {
      if (request.method !== "POST") return false;
      fault(request, response);
      return true;
    });
    await using repository = await open(at.server);
    await expectError(code, () => repository.snapshot());
  });

  it.each<[string, Fault, string]>([
    ["answers 500", status(500), "GIT_UNREACHABLE"],
    ["answers 413", status(413), "GIT_UNREACHABLE"],
    ["closes the connection at once", (request) => request.socket.destroy(), "GIT_UNREACHABLE"],
    ["closes it half way", cut(received, "00"), "GIT_UNREACHABLE"],
    ["answers rubbish", page(received, "rubbish"), "GIT_UNREACHABLE"],
    ["answers nothing", page(received, ""), "GIT_UNREACHABLE"],
    ["answers without a word about the branch", page(received, "0000"), "GIT_UNREACHABLE"],
  ])("and %s when it is given a commit is not believed to have it", async (_, fault, code) => {
    await using at = await serve((request, response) => {
      if (request.method !== "POST" || !request.url?.endsWith("git-receive-pack")) return false;
      fault(request, response);
      return true;
    });
    await using repository = await open(at.server);
    await expectError(code, () => write(repository, "2"));
    expect(git(at.bare, "show", "main:f")).toBe("1");
  });

  it.each([
    [
      "cut off, which git notices",
      "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 500\r\n\r\n00",
      true,
    ],
    ["lost whole, after which git asks again", "", false],
  ])("and whose answer to a push is %s, has the commit once", async (_, sent, noticed) => {
    let lost = 0;
    await using at = await serve((request, response) => {
      if (request.method !== "POST" || !request.url?.endsWith("git-receive-pack") || lost > 0) return false;
      lost += 1;
      // Git's server does its work, and what it says goes nowhere.
      response.write = () => true;
      response.end = () => {
        request.socket.end(sent, () => request.socket.destroy());
        return response;
      };
      return false;
    });
    await using repository = await open(at.server);
    const writeOnce = () =>
      repository.publish(async (snapshot) => {
        if (text(await snapshot.read("f")) === "2") return { kind: "nothing", value: undefined };
        const files = new Map([["f", new TextEncoder().encode("2")]]);
        return { kind: "change", change: { files, message: { subject: "Change", trailers: [] } }, value: undefined };
      });
    if (noticed) await expectError("GIT_UNREACHABLE", writeOnce);
    await writeOnce();
    expect([lost, git(at.bare, "show", "main:f"), git(at.bare, "rev-list", "--count", "main")]).toEqual([1, "2", "2"]);
  });

  it("and never answers is left when the step is stopped, with all that git started", async () => {
    const abort = new AbortController();
    let closed = 0;
    await using at = await serve((request) => {
      request.socket.on("close", () => (closed += 1));
      setTimeout(() => abort.abort(new Error("stopped")), 20);
      return true;
    });
    await using repository = await open(at.server, token, { signal: abort.signal });
    const started = performance.now();
    await expect(repository.snapshot()).rejects.toThrow("stopped");
    expect(performance.now() - started).toBeLessThan(2000);
    await vi.waitFor(() => expect(closed).toBe(1));
  });
});

describe("the processes", () => {
  it("hold the token neither in their arguments nor in their environment", async () => {
    const record = root.at("processes");
    const directory = root.at("first-on-the-path");
    await mkdir(directory);
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    await writeFile(
      join(directory, "git"),
      `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> '${record}'\nexec '${real}' "$@"\n`,
      { mode: 0o755 },
    );
    // While the server has not answered, the program that speaks HTTP for git is still there to be looked at.
    const children: string[] = [];
    await using at = await serve(async ({ headers }) => {
      if (headers.authorization !== undefined) children.push(...(await runningWith("SLIPWAY_TOKEN_FILE=")));
      return false;
    });
    vi.stubEnv("PATH", `${directory}${delimiter}${process.env["PATH"]}`);
    vi.stubEnv("SLIPWAY_SECRET_OF_THE_STEP", token);
    await using repository = await open(at.server);
    await repository.snapshot();
    await write(repository, "2");
    vi.unstubAllEnvs();
    expect(git(at.bare, "show", "main:f")).toBe("2");
    const recorded = await readFile(record, "utf8");
    for (const command of ["init", "fetch", "push"]) expect(recorded).toMatch(new RegExp(`^${command}$`, "m"));
    expect(recorded).toContain("SLIPWAY_TOKEN_FILE=");
    expectNoToken(recorded);
    if (existsSync("/proc/self/environ")) {
      expect(children.some((process) => process.includes("remote-http"))).toBe(true);
    }
    expectNoToken(children.join("\n"));
  });

  it("take nothing from the repository that the step happens to run in", async () => {
    await using at = await serve();
    await using elsewhere = await serve();
    const marker = root.at("started");
    await mkdir(marker);
    const checkout = root.at("hostile");
    git(root.at("."), "clone", "--quiet", at.bare, checkout);
    const touch = (name: string) => `touch ${join(marker, name)}`;
    const hooks = [
      "pre-push",
      "reference-transaction",
      "post-checkout",
      "post-index-change",
      "pre-commit",
      "post-commit",
    ];
    for (const hook of hooks) {
      await writeFile(join(checkout, ".git/hooks", hook), `#!/bin/sh\n${touch(hook)}\n`, { mode: 0o755 });
    }
    await writeFile(
      join(checkout, ".git/config"),
      `[core]
	repositoryformatversion = 0
	bare = false
	askPass = ${touch("askpass")}; cat
	sshCommand = ${touch("ssh")}
	fsmonitor = ${touch("fsmonitor")}
	gitProxy = ${touch("proxy")}
[credential]
	helper = "!${touch("credential")}; cat > ${join(marker, "credentials")}; false"
[url "${elsewhere.server.url}/"]
	insteadOf = ${at.server.url}/
[http]
	proxy = ${elsewhere.server.url}
	extraHeader = "X-Hostile: yes"
`,
    );
    // Where our own repository lies, and what other tools leave in the environment of a hook, lead to the hostile one.
    await mkdir(join(checkout, "tmp"));
    vi.stubEnv("TMPDIR", join(checkout, "tmp"));
    vi.stubEnv("GIT_DIR", join(checkout, ".git"));
    vi.stubEnv("GIT_WORK_TREE", checkout);
    vi.stubEnv("GIT_CONFIG", join(checkout, ".git/config"));
    vi.stubEnv("GIT_CONFIG_PARAMETERS", `'http.proxy=${elsewhere.server.url}'`);
    vi.stubEnv("GIT_ASKPASS", join(checkout, ".git/hooks/pre-push"));
    vi.stubEnv("SSH_ASKPASS", join(checkout, ".git/hooks/pre-push"));
    vi.stubEnv("GIT_EXTERNAL_DIFF", join(checkout, ".git/hooks/pre-push"));
    vi.stubEnv("GIT_TRACE_CURL", root.at("trace"));
    vi.stubEnv("GIT_TRACE_REDACT", "0");
    await using repository = await open(at.server);
    await repository.snapshot();
    await write(repository, "2");
    vi.unstubAllEnvs();
    expect(await readdir(marker)).toEqual([]);
    expect(elsewhere.server.seen).toEqual([]);
    expect(existsSync(root.at("trace"))).toBe(false);
    expect(git(at.bare, "show", "main:f")).toBe("2");
  });

  it("start no hook and no program of a local repository that is read", async () => {
    const bare = bareRepository(root.at("."), "local", { f: "1", ".gitattributes": "* filter=evil diff=evil" });
    const marker = root.at("started-by-local");
    await mkdir(marker);
    const touch = (name: string) => `touch ${join(marker, name)}`;
    const hooks = [
      "pre-receive",
      "update",
      "reference-transaction",
      "post-checkout",
      "post-upload-pack",
      "proc-receive",
    ];
    for (const hook of hooks) {
      await writeFile(join(bare, "hooks", hook), `#!/bin/sh\n${touch(hook)}\n`, { mode: 0o755 });
    }
    await writeFile(
      join(bare, "config"),
      `[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsmonitor = ${touch("fsmonitor")}\n\talternateRefsCommand = ${touch("alternates")}\n[uploadpack]\n\tpackObjectsHook = ${touch("pack")}\n[filter "evil"]\n\tsmudge = ${touch("smudge")}\n[diff "evil"]\n\ttextconv = ${touch("textconv")}\n`,
    );
    await using repository = await Repository.open(
      { repository: bare, branch: "main" },
      {
        signal: new AbortController().signal,
        now: () => new Date(),
        committer: { name: "erin", email: "e@example.com" },
      },
    );
    const snapshot = await repository.snapshot();
    expect(text(await snapshot.read("f"))).toBe("1");
    expect(await snapshot.history("f")).toHaveLength(1);
    expect(await readdir(marker)).toEqual([]);
  });
});

/** Command line and environment of the processes that have a text in their environment; none where there is no /proc. */
async function runningWith(marker: string): Promise<string[]> {
  const found: string[] = [];
  const processes = existsSync("/proc") ? await readdir("/proc") : [];
  for (const process of processes.filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = await readFile(`/proc/${process}/environ`, "utf8");
      if (!environment.includes(marker)) continue;
      found.push(`${await readFile(`/proc/${process}/cmdline`, "utf8")}\n${environment}`);
    } catch {
      // It ended meanwhile, or is somebody else's.
    }
  }
  return found;
}
