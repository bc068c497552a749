import { describe, expect, it } from "vitest";
import { classifyPush, explainFailure } from "./classify.ts";

const repository = "https://git.example.com:4011/models-403/gitops.git";
const rejected = (reason: string) => `To ${repository}\n!\tabc:refs/heads/main\t[rejected] (${reason})\nDone`;
const remotely = (reason: string) => `To ${repository}\n!\tabc:refs/heads/main\t[remote rejected] (${reason})\nDone`;

describe("a push that did not go through", () => {
  it.each<[string, string]>([
    ["fetch first", rejected("fetch first")],
    ["non-fast-forward", rejected("non-fast-forward")],
    ["stale info", rejected("stale info")],
    ["cannot lock ref", remotely("cannot lock ref 'refs/heads/main': is at 1f but expected 2e")],
    ["incorrect old value provided", remotely("incorrect old value provided")],
    ["failed to update ref", remotely("failed to update ref")],
    ["reference already exists", remotely("reference already exists")],
  ])("lost a race: %s", (why, text) => {
    expect(classifyPush(text, repository)).toMatchObject({ kind: "retryable", why: expect.stringContaining(why) });
  });

  it.each<[string, string, string]>([
    ["a hook", `remote: no pushes on Fridays\n${remotely("pre-receive hook declined")}`, "PUSH_REJECTED"],
    [
      "a protected branch",
      `remote: error: GH006: Protected branch update failed\n${remotely("failed to update ref")}`,
      "PUSH_REJECTED",
    ],
    ["a branch that is checked out", remotely("branch is currently checked out"), "PUSH_REJECTED"],
    ["nothing, when the server has no right to write", remotely("unpacker error"), "PUSH_REJECTED"],
    [
      "the server, for the token",
      `fatal: unable to access '${repository}/': The requested URL returned error: 403`,
      "GIT_ACCESS_DENIED",
    ],
    ["a network", `fatal: unable to access '${repository}/': Could not resolve host`, "GIT_UNREACHABLE"],
    ["nobody that said so", "", "GIT_UNREACHABLE"],
  ])("was refused by %s", (_, text, code) => {
    expect(classifyPush(text, repository)).toMatchObject({ kind: "terminal", error: { code } });
  });
});

describe("a repository that could not be read or written", () => {
  const status = (code: number) =>
    `fatal: unable to access '${repository}/': The requested URL returned error: ${code}`;
  it.each<[string, string]>([
    [status(401), "GIT_ACCESS_DENIED"],
    [status(403), "GIT_ACCESS_DENIED"],
    ["error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403", "GIT_ACCESS_DENIED"],
    [`fatal: Authentication failed for '${repository}/'`, "GIT_ACCESS_DENIED"],
    ["fatal: could not read Username for 'https://git.example.com': terminal prompts disabled", "GIT_ACCESS_DENIED"],
    ["git@git.example.com: Permission denied (publickey).", "GIT_ACCESS_DENIED"],
    ["remote: Permission to a/b.git denied to robot.", "GIT_ACCESS_DENIED"],
    ["fatal: detected dubious ownership in repository at '/srv/gitops.git'", "GIT_ACCESS_DENIED"],
    // The repository's name and port have the digits of an answer that nobody gave.
    [status(500), "GIT_UNREACHABLE"],
    [status(502), "GIT_UNREACHABLE"],
    [status(429), "GIT_UNREACHABLE"],
    [`remote: incident 401 403\n${status(500)}`, "GIT_UNREACHABLE"],
    [`fatal: unable to access '${repository}/': Could not resolve host: git.example.com`, "GIT_UNREACHABLE"],
    ["fatal: the remote end hung up unexpectedly", "GIT_UNREACHABLE"],
    [`fatal: repository '${repository}/' not found`, "GIT_NOT_FOUND"],
    ["fatal: '/srv/x.git' does not appear to be a git repository", "GIT_NOT_FOUND"],
    ["", "GIT_UNREACHABLE"],
  ])("%j", (text, code) => {
    expect(explainFailure(text, repository).code).toBe(code);
  });

  it("is shown without credentials, and with ten lines at most", () => {
    const text = Array.from({ length: 30 }, (_, line) => `remote: ${line} https://user:pw@git.example.com/a?key=x`);
    const { message, details } = explainFailure(text.join("\n"), "https://user:pw@git.example.com/a.git");
    expect(details).toHaveLength(10);
    expect(`${message} ${details.join(" ")}`).not.toMatch(/pw|key=x/);
  });
});
