import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyReader, mostBody, type TakeBody } from "./short-body.ts";

function readerOf(headers: Record<string, string>, status = 200, method = "GET"): TakeBody {
  const reader = bodyReader(method, { status, headers });
  if (typeof reader === "string") throw new Error(`it is ${reader}`);
  return reader;
}

function take(headers: Record<string, string>, came: string, ended = false) {
  const taken = readerOf(headers)(Buffer.from(came, "latin1"), ended);
  return typeof taken === "object" ? [Buffer.from(taken.body).toString("latin1"), taken.length] : taken;
}

const chunked = { "transfer-encoding": "chunked" };

describe("a body", () => {
  it.each<[string, number, Record<string, string>]>([
    ["HEAD", 200, { "content-length": "5" }],
    ["HEAD", 200, chunked],
    ["PUT", 204, {}],
    ["GET", 304, { "content-length": "5" }],
  ])("of %s with %i is not there, whatever its headers say", (method, status, headers) => {
    expect(readerOf(headers, status, method)(Buffer.from("next"), false)).toMatchObject({ length: 0 });
  });

  it.each<[string, Record<string, string>, string]>([
    ["longer than is held", { "content-length": String(mostBody + 1) }, "long"],
    ["of no length", { "content-length": "five" }, "strange"],
    ["of a negative length", { "content-length": "-5" }, "strange"],
    ["of two lengths", { "content-length": "5, 5" }, "strange"],
    ["with a length and in chunks", { ...chunked, "content-length": "5" }, "strange"],
    ["in another coding", { "transfer-encoding": "gzip, chunked" }, "strange"],
  ])("%s is not read", (_, headers, why) => {
    expect(bodyReader("GET", { status: 200, headers })).toBe(why);
  });

  it.each<[string, Record<string, string>, string, boolean, unknown]>([
    ["with a length, and what follows it", { "content-length": "5" }, "whole more", false, ["whole", 5]],
    ["with a length, not yet whole", { "content-length": "5" }, "who", false, undefined],
    ["with a length, cut", { "content-length": "5" }, "who", true, undefined],
    ["until the end, before it", {}, "whole", false, undefined],
    ["until the end", {}, "whole", true, ["whole", 5]],
    ["in one chunk", chunked, "5\r\nwhole\r\n0\r\n\r\n", false, ["whole", 15]],
    ["in chunks, and what follows them", chunked, "3\r\nwho\r\n2\r\nle\r\n0\r\n\r\nHTTP", false, ["whole", 20]],
    [
      "in chunks with extensions and trailers",
      chunked,
      "A;a=b\r\n0123456789\r\n0\r\nx: y\r\n\r\n",
      false,
      ["0123456789", 30],
    ],
    ["in chunks, without their end", chunked, "5\r\nwhole\r\n0\r\n", false, undefined],
    ["in chunks, in the middle of a line", chunked, "5", false, undefined],
    ["in chunks, cut", chunked, "5\r\nwho", true, undefined],
    ["in a chunk that is longer than it says", chunked, "3\r\nwhole\r\n0\r\n\r\n", false, "malformed"],
    ["in a chunk of no length", chunked, "x\r\nwhole\r\n", false, "malformed"],
    ["in a chunk of a negative length", chunked, "-1\r\nwhole\r\n", false, "malformed"],
    ["in a chunk that is longer than is held", chunked, "7fffffff\r\nwhole", false, "malformed"],
    ["in chunks whose line does not end", chunked, "5;".padEnd(2000, "x"), false, "malformed"],
  ])("%s", (_, headers, came, ended, expected) => {
    expect(take(headers, came, ended)).toEqual(expected);
  });

  it("in chunks is the same however it is cut into them, and is not there before its end", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), fc.nat(), (chunks, at) => {
        const line = (text: string): Buffer => Buffer.from(`${text}\r\n`);
        const pieces = chunks.flatMap((chunk) => [line(chunk.length.toString(16)), Buffer.from(chunk), line("")]);
        const whole = Buffer.concat([...pieces, line("0"), line("")]);
        const taken = readerOf(chunked)(whole, false);
        expect(taken).toMatchObject({ length: whole.length });
        if (typeof taken === "object") expect(Buffer.concat(chunks).equals(taken.body)).toBe(true);
        expect(readerOf(chunked)(whole.subarray(0, at % whole.length), false)).toBeUndefined();
      }),
    );
  });

  it("never makes its reader throw", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (bytes, ended) => void readerOf(chunked)(Buffer.from(bytes), ended)),
    );
  });
});
