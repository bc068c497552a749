import { TrustedRoot } from "@sigstore/protobuf-specs";
import { describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { type Fault, jsonReply, serve } from "../../../test/support/sigstore/serve.ts";
import { refusedStamp } from "../../../test/support/sigstore/timestamp-authority.ts";
import { stampReply, timestampHandler } from "../../../test/support/sigstore/timestamp-handler.ts";
import { judgeClock, judgeStamp, judgeStamper, tryStamp } from "./timestamps.ts";

const [sigstore, other] = [makeSigstore(), makeSigstore()];
const { signal } = new AbortController();

async function ask(fault?: Fault) {
  await using authority = await serve(timestampHandler(sigstore.timestamps), fault);
  const heard = await tryStamp(authority.url, await quickService(), { signal, now: () => new Date() });
  return { heard, finding: judgeStamp(authority.url, heard), asked: authority.asked, url: authority.url };
}

it("is asked for one stamp, and never for the same twice", async () => {
  const { finding, asked, heard } = await ask();
  expect(finding).toMatchObject({ check: "timestamps", status: "ok" });
  expect(asked.map(({ method }) => method)).toEqual(["POST"]);
  expect((await ask()).asked[0]?.body.equals(asked[0]?.body ?? Buffer.alloc(0))).toBe(false);
  if (!("said" in heard)) throw heard.failure;
  expect(judgeClock(heard.said, true)).toMatchObject({ check: "signing clock", status: "ok" });
});

it.each<[string, Fault, string]>([
  ["refuses", () => stampReply(refusedStamp()), "refused to stamp"],
  ["is something else", () => jsonReply(404, { message: "not here" }), "404"],
  ["sends a page", () => stampReply(Buffer.from("<html></html>")), "not a timestamp"],
])("that %s is out of order", async (_, fault, words) => {
  const { finding } = await ask(fault);
  expect(finding).toMatchObject({ check: "timestamps", status: "failed" });
  expect(finding.seen).toContain(words);
});

it.each([
  ["that names it", sigstore.trustedRoot(), "ok"],
  ["that names another", other.trustedRoot(), "failed"],
  ["that names none", sigstore.trustedRoot({ without: ["timestamps"] }), "failed"],
  [
    "that named it",
    sigstore.trustedRoot({ periods: { timestamps: { start: new Date(0), end: new Date(1) } } }),
    "failed",
  ],
])("in a trusted root %s", async (_, json, status) => {
  const { heard, url } = await ask();
  if (!("said" in heard)) throw heard.failure;
  const found = judgeStamper(url, heard.said, { place: "policy", root: TrustedRoot.fromJSON(json) });
  expect(found).toMatchObject({ check: "timestamps in policy", status });
});

describe("our clock", () => {
  const at = new Date("2026-06-01T12:00:00Z");
  const clock = (seconds: number) => new Date(at.getTime() + seconds * 1000);
  it.each([
    [0, 0, "ok", "within 1 s"],
    // A stamp has whole seconds, and an answer takes some.
    [0.9, 40, "ok", "within 1 s"],
    [-59, -59, "ok", "within 59 s"],
    [-60, -60, "failed", "60 s behind"],
    [60.9, 61, "ok", "within 60 s"],
    [61, 61, "failed", "60 s ahead of"],
    [-3600, -3599, "failed", "3599 s behind"],
  ])("asked %d s and answered %d s after the stamp's time is %s", (asked, answered, status, words) => {
    const found = judgeClock({ at, asked: clock(asked), answered: clock(answered) }, true);
    expect(found).toMatchObject({ check: "signing clock", status });
    expect(found.seen).toContain(words);
  });

  it("matters less to a key", () => {
    expect(judgeClock({ at, asked: clock(-90), answered: clock(-90) }, false).status).toBe("warning");
  });
});
