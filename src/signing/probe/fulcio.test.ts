import { TrustedRoot } from "@sigstore/protobuf-specs";
import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { trustBundleHandler } from "../../../test/support/sigstore/reading-handlers.ts";
import { type Fault, jsonReply, serve } from "../../../test/support/sigstore/serve.ts";
import { judgeFulcio, judgeIssuers, tryFulcio } from "./fulcio.ts";

const day = 24 * 3_600_000;
const now = new Date();
const [sigstore, other] = [makeSigstore(now), makeSigstore(now)];
const { signal } = new AbortController();

async function ask(fault?: Fault, patience = 10_000, ...authorities: readonly (typeof sigstore.fulcio)[]) {
  const given = authorities.length === 0 ? [sigstore.fulcio] : authorities;
  await using fulcio = await serve(trustBundleHandler(...given), fault);
  const heard = await tryFulcio(fulcio.url, await quickService(signal, patience), signal);
  return { heard, finding: judgeFulcio(fulcio.url, heard), asked: fulcio.asked, url: fulcio.url };
}

it("is asked once, for what everybody may read", async () => {
  const { finding, asked } = await ask();
  expect(finding).toMatchObject({ check: "fulcio", status: "ok" });
  expect(asked.map(({ method, path, headers }) => [method, path, headers.authorization])).toEqual([
    ["GET", "/api/v2/trustBundle", undefined],
  ]);
});

describe("is out of order when", () => {
  const first = (reply: () => ReturnType<ReturnType<typeof trustBundleHandler>>) => reply();
  it.each<[string, Fault, string]>([
    ["it is a page", () => ({ status: 200, body: "<html></html>" }), "not JSON"],
    ["it is something else", () => jsonReply(404, {}), "answered with 404"],
    ["it is broken", () => jsonReply(503, {}), "answered with 503"],
    [
      "it leads elsewhere",
      () => ({ status: 302, headers: { location: "https://elsewhere.test/" } }),
      "leads to elsewhere.test",
    ],
    ["it has no chain", () => jsonReply(200, { chains: [] }), "of another form"],
    ["its certificates are none", () => jsonReply(200, { chains: [{ certificates: ["x"] }] }), "certificate in PEM"],
    ["it never answers", () => ({ kind: "hang" }), "no whole answer"],
    ["it stops half way", (_, reply) => ({ kind: "cut", reply: first(reply), after: 40 }), "failed"],
    ["it says too much", () => jsonReply(200, { chains: [], more: "x".repeat(300_000) }), "bytes"],
  ])("%s", async (_, fault, words) => {
    const { finding } = await ask(fault, 300);
    expect(finding).toMatchObject({ check: "fulcio", status: "failed" });
    expect(finding.seen).toContain(words);
    expect(finding.advice).toMatch(/^Nothing can be signed without a key\. /);
  });
});

it("stops when the user stops", async () => {
  const stop = new AbortController();
  await using fulcio = await serve(trustBundleHandler(sigstore.fulcio), () => ({ kind: "hang" }));
  const asking = tryFulcio(fulcio.url, await quickService(stop.signal), stop.signal);
  const reason = new Error("stopped by the user");
  stop.abort(reason);
  await expect(asking).rejects.toBe(reason);
});

describe("in a trusted root", () => {
  const ended = { start: new Date(now.getTime() - 2 * day), end: new Date(now.getTime() - day) };
  const root = (json: object) => ({ place: "policy", root: TrustedRoot.fromJSON(json) });
  it.each([
    ["that names it", sigstore.trustedRoot(), [sigstore.fulcio], "ok", "is trusted"],
    ["that names one of its two", sigstore.trustedRoot(), [other.fulcio, sigstore.fulcio], "ok", "is trusted"],
    ["that names another", other.trustedRoot(), [sigstore.fulcio], "failed", "not among"],
    ["that names none", sigstore.trustedRoot({ without: ["fulcio"] }), [sigstore.fulcio], "failed", "not among"],
    [
      "that named it",
      sigstore.trustedRoot({ periods: { fulcio: ended } }),
      [sigstore.fulcio],
      "failed",
      "at this time",
    ],
  ])("%s", async (_, json, authorities, status, words) => {
    const { heard, url } = await ask(undefined, undefined, ...authorities);
    if (!("said" in heard)) throw heard.failure;
    const found = judgeIssuers(url, heard.said, root(json), now);
    expect(found).toMatchObject({ check: "fulcio in policy", status });
    expect(found.seen).toContain(words);
  });
});
