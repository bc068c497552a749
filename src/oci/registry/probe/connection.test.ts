import { describe, expect, it } from "vitest";
import { judgeClock, judgeConnection, judgeKind } from "./connection.ts";
import { answer, silence } from "./fixtures/answers.ts";
import type { FirstAnswer } from "./observations.ts";

const first = (status: number, headers: Record<string, string> = {}): FirstAnswer => ({
  status,
  headers,
  took: 3,
  at: 0,
});
const origin = new URL("https://r.example/");

describe("connection", () => {
  it("says that the certificate is trusted", () => {
    const { status, seen } = judgeConnection(origin, answer(200), first(200));
    expect([status, seen]).toEqual(["ok", "r.example answers in 3 ms over https, with a certificate that is trusted"]);
  });

  it("fails with the reason and the remedy when nobody answers", () => {
    expect(judgeConnection(origin, silence, undefined)).toEqual({
      check: "connection",
      status: "failed",
      seen: silence.words,
      advice: "Run again.",
    });
  });

  it("is ok when the registry answers that credentials are wrong", () => {
    expect(judgeConnection(origin, answer(401), first(401)).status).toBe("ok");
  });
});

it.each([
  ["a known make", { name: "Amazon ECR", chunks: false }, first(401), "ok", /Amazon ECR/],
  [
    "distribution's header",
    undefined,
    first(200, { "docker-distribution-api-version": "registry/2.0" }),
    "ok",
    /no known make/,
  ],
  ["a plain answer", undefined, first(401), "ok", /as registries do/],
  ["a login page", undefined, first(200, { "content-type": "text/html" }), "warning", /text\/html/],
  ["a proxy's refusal", undefined, first(502), "warning", /502/],
  ["something else", undefined, first(404), "warning", /404/],
])("kind: %s", (_, known, seenFirst, status, seen) => {
  const found = judgeKind(known, seenFirst);
  expect(found.status).toBe(status);
  expect(found.seen).toMatch(seen);
});

describe("clock", () => {
  const date = "Sat, 21 Nov 2026 12:00:00 GMT";
  const theirs = Date.parse(date);

  it.each([
    [0, "ok", "within 1 s"],
    [999, "ok", "within 1 s"],
    [61_000, "ok", "within 60 s"],
    [62_000, "warning", "61 s ahead of"],
    [-61_000, "ok", "within 60 s"],
    [-3_600_000, "warning", "3599 s behind"],
  ])("off by %d ms: %s", (off, status, seen) => {
    const found = judgeClock({ headers: { date }, at: theirs + off });
    expect(found.status).toBe(status);
    expect(found.seen).toContain(seen);
  });

  it.each([{}, { date: "yesterday" }])("is unknown for %j", (headers: Record<string, string>) => {
    expect(judgeClock({ headers, at: theirs }).status).toBe("unknown");
  });
});
