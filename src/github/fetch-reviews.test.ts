import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectError, thrownBy } from "../../test/support/refusal.ts";
import { fetchReviews } from "./fetch-reviews.ts";

const token = "ghs_very-secret";
const environment = (name: string) => ({ id: 1, node_id: "x", name, url: "https://api.example.com/x" });
const octocat = { login: "octocat", id: 1, type: "User" };
const approved = { state: "approved", comment: "Ship it!", environments: [environment("live")], user: octocat };

type Handler = (response: ServerResponse, request: IncomingMessage) => void;

/** GitHub as its documentation has it: whoever asks in another way is told so. */
async function github(handle: Handler) {
  const faults: string[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const asked = `${method} ${url}`;
    if (asked !== "GET /api/v3/repos/o/r/actions/runs/42/approvals") faults.push(asked);
    if (headers.authorization !== `Bearer ${token}`) faults.push("authorization");
    if (headers.accept !== "application/vnd.github+json") faults.push("accept");
    if (headers["x-github-api-version"] !== "2022-11-28") faults.push("version");
    if (!headers["user-agent"]) faults.push("user-agent");
    handle(response, request);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { api: `http://127.0.0.1:${port}/api/v3`, faults };
}

const answering =
  (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Handler =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof value === "string" ? value : JSON.stringify(value));
  };

async function reviews(handle: Handler, options: { readonly signal?: AbortSignal; readonly patience?: number } = {}) {
  const { api, faults } = await github(handle);
  const signal = options.signal ?? new AbortController().signal;
  try {
    return await fetchReviews({ api, repository: "o/r", id: "42" }, token, { ...options, signal });
  } finally {
    expect(faults).toEqual([]);
  }
}

describe("the reviews of a run", () => {
  it("are asked for as the documentation says, and read", async () => {
    const rejected = { ...approved, state: "rejected", comment: "", environments: ["a", "b"].map(environment) };
    expect(await reviews(answering([approved, rejected]))).toEqual([
      { user: "octocat", comment: "Ship it!", environments: ["live"], state: "approved" },
      { user: "octocat", comment: "", environments: ["a", "b"], state: "rejected" },
    ]);
  });

  it("may be none", async () => {
    expect(await reviews(answering([]))).toEqual([]);
  });

  it("may have no comment; one that waits decides nothing", async () => {
    const { comment: _, ...silent } = approved;
    const answer = [silent, { ...approved, comment: null }, { ...approved, state: "pending" }];
    expect((await reviews(answering(answer))).map(({ comment }) => comment)).toEqual(["", ""]);
  });
});

describe("an answer is refused", () => {
  const long = `[${" ".repeat(1024 * 1024)}]`;
  const cases: readonly (readonly [string, string, Handler])[] = [
    ["that the token is unknown", "GITHUB_REFUSED", answering({ message: `Bad credentials ${token}` }, 401)],
    ["that the token may not", "GITHUB_REFUSED", answering({ message: token }, 403)],
    ["that there is no such run", "GITHUB_REFUSED", answering({ message: "Not Found" }, 404)],
    ["that there were too many", "GITHUB_UNAVAILABLE", answering({}, 429)],
    ["that the hour is used up", "GITHUB_UNAVAILABLE", answering({}, 403, { "x-ratelimit-remaining": "0" })],
    ["that it is to wait", "GITHUB_UNAVAILABLE", answering({}, 403, { "retry-after": "60" })],
    ["that something broke", "GITHUB_UNAVAILABLE", answering(token, 500)],
    ["of a proxy", "GITHUB_UNAVAILABLE", answering("<html>", 502)],
    ["that it moved", "GITHUB_CONFUSED", answering("", 301, { location: "https://example.com/" })],
    ["with nothing", "GITHUB_CONFUSED", answering("", 204)],
    ["that is empty", "GITHUB_CONFUSED", answering("")],
    ["that is a page", "GITHUB_CONFUSED", answering("<!DOCTYPE html>")],
    ["that is no list", "GITHUB_CONFUSED", answering({ approvals: [approved] })],
    ["by nobody", "GITHUB_CONFUSED", answering([{ ...approved, user: null }])],
    ["without environments", "GITHUB_CONFUSED", answering([{ ...approved, environments: undefined }])],
    ["without a state", "GITHUB_CONFUSED", answering([{ ...approved, state: undefined }])],
    [
      "that is not UTF-8",
      "GITHUB_CONFUSED",
      (response) => response.end(Buffer.concat([Buffer.from('["'), Buffer.from([0xff]), Buffer.from('"]')])),
    ],
    ["that is larger than 1 MiB", "GITHUB_CONFUSED", answering(long)],
    [
      "that never ends",
      "GITHUB_CONFUSED",
      (response) => {
        const more = () => void (response.destroyed || response.write(" ".repeat(64 * 1024), more));
        more();
      },
    ],
    [
      "that is cut",
      "GITHUB_UNAVAILABLE",
      (response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write("[", () => response.destroy());
      },
    ],
    ["that never begins", "GITHUB_UNAVAILABLE", (response) => response.destroy()],
  ];
  it.each(cases)("%s: %s", async (_, code, handle) => {
    const error = await expectError(code, () => reviews(handle));
    expect(inspect(error, { depth: 10 })).not.toContain(token);
  });

  it("that does not come in time, or drips", async () => {
    const drip: Handler = (response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    };
    for (const handle of [() => {}, drip]) {
      const error = await expectError("GITHUB_UNAVAILABLE", () => reviews(handle, { patience: 200 }));
      expect(error.message).toMatch(/no whole answer came in time$/);
    }
  });

  it("of nobody, since nobody listens", async () => {
    const options = { signal: new AbortController().signal };
    const run = { api: "http://127.0.0.1:1", repository: "o/r", id: "42" };
    const error = await expectError("GITHUB_UNAVAILABLE", () => fetchReviews(run, token, options));
    expect(error.message).toContain("ECONNREFUSED");
  });
});

it("stops with the step, for the step's reason", async () => {
  const stop = new AbortController();
  const reason = new Error("interrupted");
  const handle: Handler = () => stop.abort(reason);
  expect(await thrownBy(() => reviews(handle, { signal: stop.signal }))).toBe(reason);
});

describe("nothing is asked", () => {
  const run = { api: "http://127.0.0.1:1", repository: "o/r", id: "42" };
  it.each([
    ["over plain HTTP", { ...run, api: "http://api.github.example" }, token],
    ["over plain HTTP, of a name like this machine's", { ...run, api: "http://127.0.0.1.example.com" }, token],
    ["of a file", { ...run, api: "file:///etc" }, token],
    ["of no address", { ...run, api: "" }, token],
    ["with credentials in the address", { ...run, api: "https://user:word@api.github.example" }, token],
    ["with a query in the address", { ...run, api: "https://api.github.example?x=" }, token],
    ["about a path that leads elsewhere", { ...run, repository: "../r" }, token],
    ["about a repository's folder", { ...run, repository: "o/r/s" }, token],
    ["about a run of another host", { ...run, id: "local-1" }, token],
    ["without a token", run, ""],
    ["with a token of two lines", run, `${token}\nX-Other: 1`],
  ])("%s", async (_, where, secret) => {
    const options = { signal: new AbortController().signal };
    const error = await expectError("GITHUB_ADDRESS_UNUSABLE", () => fetchReviews(where, secret, options));
    expect(inspect(error)).not.toMatch(/very-secret|user:word/);
  });
});
