import { TrustedRoot } from "@sigstore/protobuf-specs";
import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { checkpointHandler, logInfoHandler, tilelessHandler } from "../../../test/support/sigstore/reading-handlers.ts";
import { type Handler, jsonReply, serve } from "../../../test/support/sigstore/serve.ts";
import { judgeLog, judgeRekor, tryRekor } from "./rekor.ts";

const day = 24 * 3_600_000;
const now = new Date();
const [sigstore, other] = [makeSigstore(now), makeSigstore(now)];
const { signal } = new AbortController();

async function ask(version: 1 | 2, handler: Handler, patience = 10_000) {
  await using rekor = await serve(handler);
  const heard = await tryRekor({ url: rekor.url, version }, await quickService(signal, patience), signal);
  return { heard, finding: judgeRekor(rekor.url, version, heard), asked: rekor.asked, url: rekor.url };
}

const [two, one] = [checkpointHandler(sigstore.log), logInfoHandler(sigstore.log)];

it.each<[string, 1 | 2, Handler, string, string]>([
  ["a log of version 1", 1, one, "ok", "as version 1, with "],
  ["a log of version 2", 2, two, "ok", "as version 2, with "],
  [
    "a service that is well and no log",
    2,
    ({ path }) => jsonReply(path === "/healthz" ? 200 : 404, { status: "SERVING" }),
    "failed",
    "404",
  ],
  ["a log without tiles", 2, tilelessHandler(), "ok", "as version 2;"],
  // Each version is another server.
  ["one of the other version", 1, two, "failed", "404"],
  ["one of the other version", 2, one, "failed", "404"],
  ["a head that is none", 1, () => jsonReply(200, { signedTreeHead: "nonsense" }), "failed", "head of a log"],
  ["no head", 1, () => jsonReply(200, {}), "failed", "another form"],
  ["a page", 2, () => ({ status: 200, body: "<html>\n\n</html>" }), "failed", "head of a log"],
  ["a broken one", 2, () => jsonReply(503, {}), "failed", "503"],
  ["one that says too much", 2, () => ({ status: 200, body: "x".repeat(100_000) }), "failed", "bytes"],
])("%s, asked as version %d", async (_, version, handler, status, words) => {
  const { finding, asked } = await ask(version, handler);
  expect(finding).toMatchObject({ check: "rekor", status });
  expect(finding.seen).toContain(words);
  // Whatever is recorded stays for ever.
  expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(["GET"]));
});

it("that does not listen is out of order", async () => {
  const url = new URL("http://127.0.0.1:1");
  const heard = await tryRekor({ url, version: 2 }, await quickService(), signal);
  expect(judgeRekor(url, 2, heard)).toMatchObject({ status: "failed" });
});

describe("in a trusted root", () => {
  const ended = { start: new Date(now.getTime() - 2 * day), end: new Date(now.getTime() - day) };
  it.each([
    ["that names it", sigstore.trustedRoot(), two, "ok", "signed by a key"],
    ["that names another", other.trustedRoot(), two, "failed", "not among"],
    ["that named it", sigstore.trustedRoot({ periods: { log: ended } }), two, "failed", "at this time"],
    ["that names none", sigstore.trustedRoot({ without: ["log"] }), two, "skipped", "no entry is needed"],
    ["without showing its head", sigstore.trustedRoot(), tilelessHandler(), "unknown", "not known"],
  ])("%s", async (_, json, handler, status, words) => {
    const { heard, url } = await ask(2, handler);
    if (!("said" in heard)) throw heard.failure;
    const found = judgeLog(url, heard.said, { place: "policy", root: TrustedRoot.fromJSON(json) }, now);
    expect(found).toMatchObject({ check: "rekor in policy", status });
    expect(found.seen).toContain(words);
  });
});
