import { TrustedRoot } from "@sigstore/protobuf-specs";
import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { makeSigstore, type TrustedRootOptions } from "../../../test/support/sigstore/index.ts";
import { serve } from "../../../test/support/sigstore/serve.ts";
import { timestampHandler } from "../../../test/support/sigstore/timestamp-handler.ts";
import { proveTime } from "../trust/prove-time.ts";
import { tryStamp } from "./timestamps.ts";
import { judgeRoot } from "./trusted-root.ts";

const day = 24 * 3_600_000;
const now = new Date();
const sigstore = makeSigstore(now);
const other = makeSigstore(now);
const later = (days: number) => new Date(now.getTime() + days * day);

type Chain = readonly Buffer[];

function rootWith(change: (root: TrustedRoot) => void = () => {}, options: TrustedRootOptions = {}): TrustedRoot {
  const root = TrustedRoot.fromJSON(sigstore.trustedRoot(options));
  change(root);
  return root;
}

const chained = (what: "certificateAuthorities" | "timestampAuthorities", chain: Chain) => (root: TrustedRoot) => {
  const [authority] = root[what];
  if (authority !== undefined) authority.certChain = { certificates: chain.map((rawBytes) => ({ rawBytes })) };
};

const statuses = (root: TrustedRoot, at = now) =>
  Object.fromEntries(judgeRoot({ root, place: "here" }, at).map(({ check, status }) => [check, status]));

it("is good when all of it is, for some time", () => {
  expect(statuses(rootWith())).toEqual({
    "authorities of here": "ok",
    "time authorities of here": "ok",
    "logs of here": "ok",
  });
});

const { chain: fulcio } = sigstore.fulcio;
const { chain: tsa } = sigstore.timestamps;

describe("a chain", () => {
  it.each<[string, Chain, string]>([
    ["without its root", fulcio.slice(0, -1), "does not end with a root"],
    [
      "of which a part is missing",
      [...tsa.slice(0, 1), ...fulcio.slice(1)],
      "certificate 2 did not issue certificate 1",
    ],
    ["in the wrong order", fulcio.toReversed(), "is not a chain"],
    ["with another's root", [...fulcio.slice(0, 1), ...other.fulcio.chain.slice(1)], "is not a chain"],
    ["that is empty", [], "has no certificate"],
    ["of who may not issue certificates", tsa, "may not issue certificates"],
  ])("of an authority %s is broken", (_, chain, words) => {
    const found = judgeRoot({ root: rootWith(chained("certificateAuthorities", chain)), place: "here" }, now);
    expect(found[0]).toMatchObject({ check: "authorities of here", status: "failed" });
    expect(found[0]?.seen).toContain(words);
    expect(found.slice(1).map(({ status }) => status)).toEqual(["ok", "ok"]);
  });

  it.each<[string, Chain, string]>([
    ["without its root", tsa.slice(0, -1), "does not end with a root"],
    ["with nobody above", tsa.slice(-1), "no certificate above"],
    ["of somebody who certifies signers", fulcio, "not one for time stamps"],
  ])("of a time authority %s is broken, and verifies nothing", async (_, chain, words) => {
    const root = rootWith(chained("timestampAuthorities", chain));
    const found = judgeRoot({ root, place: "here" }, now).find(({ check }) => check === "time authorities of here");
    expect(found).toMatchObject({ status: "failed" });
    expect(found?.seen).toContain(words);
    await using authority = await serve(timestampHandler(sigstore.timestamps));
    const asking = { signal: new AbortController().signal, now: () => new Date() };
    const stamp = await tryStamp(authority.url, await quickService(), asking);
    if (!("said" in stamp)) throw stamp.failure;
    expect(proveTime(stamp.said.content, stamp.said.key, rootWith())).toBeDefined();
    expect(proveTime(stamp.said.content, stamp.said.key, root)).toBeUndefined();
  });
});

describe("a log", () => {
  it.each<[string, (root: TrustedRoot) => void, string]>([
    [
      "with another's identifier",
      (root) => Object.assign(root.tlogs[0] ?? {}, { logId: { keyId: other.log.keyId } }),
      "identifier",
    ],
    [
      "with a key that is none",
      (root) => Object.assign(root.tlogs[0]?.publicKey ?? {}, { rawBytes: Buffer.from("x") }),
      "cannot be read",
    ],
    ["without a key", (root) => Object.assign(root.tlogs[0] ?? {}, { publicKey: undefined }), "cannot be read"],
  ])("%s verifies nothing", (_, change, words) => {
    const found = judgeRoot({ root: rootWith(change), place: "here" }, now).find(
      ({ check }) => check === "logs of here",
    );
    expect(found).toMatchObject({ status: "failed" });
    expect(found?.seen).toContain(words);
  });
});

describe("who is named for a time", () => {
  it.each<[string, Date, Date | undefined, string]>([
    ["that is over", later(-9), later(-1), "failed"],
    ["that has not begun", later(1), undefined, "failed"],
    ["that ends soon", later(-9), later(20), "warning"],
    ["that ends some day", later(-9), later(40), "ok"],
  ])("%s", (_, start, end, status) => {
    const period = { start, ...(end && { end }) };
    const root = rootWith(undefined, { periods: { fulcio: period, timestamps: period, log: period } });
    expect(new Set(Object.values(statuses(root)))).toEqual(new Set([status]));
  });

  it("may be over when another follows", () => {
    const root = rootWith(
      (one) => {
        const [next] = TrustedRoot.fromJSON(other.trustedRoot()).tlogs;
        if (next !== undefined) one.tlogs.push(next);
      },
      { periods: { log: { start: later(-9), end: later(-1) } } },
    );
    const found = judgeRoot({ root, place: "here" }, now).find(({ check }) => check === "logs of here");
    expect(found).toMatchObject({ status: "ok" });
    expect(found?.seen).toContain("1 more for other times");
  });

  it("counts no longer than its certificates", () => {
    const found = judgeRoot({ root: rootWith(), place: "here" }, later(20 * 365));
    expect(found.map(({ status }) => status)).toEqual(["failed", "failed", "ok"]);
  });
});
