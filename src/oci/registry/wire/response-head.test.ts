import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxHeadBytes, parseResponseHead, plainLength } from "./response-head.ts";

function parse(text: string) {
  return parseResponseHead(Buffer.from(text, "latin1"));
}

function headers(text: string) {
  const head = parse(`HTTP/1.1 200 OK\r\n${text}\r\n\r\n`);
  if (head === undefined || head === "malformed") throw new Error("this is a head");
  return head;
}

describe("the head of an answer", () => {
  it("is its status and its fields, whatever their case and the space around them", () => {
    expect(parse("HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nX-A:\t b c \r\nx-a:d\r\n\r\nabc")).toEqual({
      status: 206,
      headers: { "content-length": "3", "x-a": "b c, d" },
      length: 70,
      persistent: true,
    });
    expect(parse("HTTP/1.0 204\r\n\r\n")).toEqual({ status: 204, headers: {}, length: 16, persistent: false });
  });

  it.each<[string, string]>([
    ["a bare line feed between fields", "HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n"],
    ["a bare line feed after the status", "HTTP/1.1 200 OK\na: b\r\n\r\n"],
    ["a bare carriage return in a value", "HTTP/1.1 200 OK\r\na: b\rc: d\r\n\r\n"],
    ["a NUL", "HTTP/1.1 200 OK\r\na: b\0\r\n\r\n"],
    ["a folded line", "HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n"],
    ["space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\n"],
    ["a field without a name", "HTTP/1.1 200 OK\r\n: b\r\n\r\n"],
    ["a line that is no field", "HTTP/1.1 200 OK\r\nab\r\n\r\n"],
    ["two different lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 4\r\n\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["another version", "HTTP/2 200\r\n\r\n"],
    ["a status that is none", "HTTP/1.1 600 Odd\r\n\r\n"],
    ["nothing", "\r\n\r\n"],
    ["no end within its limit", "x".repeat(maxHeadBytes + 1)],
    ["an end beyond its limit", `HTTP/1.1 200 OK\r\na: ${"x".repeat(maxHeadBytes)}\r\n\r\n`],
  ])("with %s is malformed", (_, text) => {
    expect(parse(text)).toBe("malformed");
  });

  it.each<[string, boolean]>([
    ["HTTP/1.1 200 OK", true],
    ["HTTP/1.0 200 OK", false],
    ["HTTP/1.1 200 OK\r\nConnection: close", false],
    ["HTTP/1.1 200 OK\r\nconnection: Keep-Alive, CLOSE", false],
    ["HTTP/1.1 200 OK\r\nConnection: keep-alive", true],
    ["HTTP/1.1 200 OK\r\nConnection: disclosed", true],
  ])("%j keeps its connection: %s", (text, expected) => {
    expect(parse(`${text}\r\n\r\n`)).toMatchObject({ persistent: expected });
  });

  it("may name the same length twice", () => {
    expect(headers("Content-Length: 3\r\nContent-Length: 3").headers).toEqual({ "content-length": "3" });
  });

  it("is the same however its bytes are split, and is not there before its end", () => {
    const name = fc.stringMatching(/^[A-Za-z-]{1,12}$/).filter((text) => !/^content-length$/i.test(text));
    const value = fc.stringMatching(/^[!-~]{0,20}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.string(), fc.nat(), (fields, body, at) => {
        const head = `HTTP/1.1 200 OK\r\n${fields.map(([key, text]) => `${key}: ${text}\r\n`).join("")}\r\n`;
        const bytes = Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]);
        const whole = parseResponseHead(bytes);
        expect(whole).toMatchObject({ status: 200, length: head.length });
        const split = at % bytes.length;
        expect(parseResponseHead(bytes.subarray(0, split))).toEqual(split < head.length ? undefined : whole);
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseResponseHead(Buffer.from(bytes))));
  });
});

describe("the length of a body that is sent as it is", () => {
  it.each<[string, number | undefined]>([
    ["Content-Length: 3", 3],
    ["Content-Length: 0", 0],
    ["Content-Length: 3\r\nContent-Encoding: identity", 3],
    ["Content-Length: 3\r\nContent-Encoding: gzip", undefined],
    ["Content-Length: 3\r\nTransfer-Encoding: chunked", undefined],
    ["Content-Length: 3\r\nTransfer-Encoding: identity", undefined],
    ["Transfer-Encoding: chunked", undefined],
    ["Content-Length: -3", undefined],
    ["Content-Length: +3", undefined],
    ["Content-Length: 3, 3", undefined],
    ["Content-Length: 0x3", undefined],
    ["Content-Length: 9999999999999999", undefined],
    ["Content-Length:", undefined],
    ["Server: x", undefined],
  ])("with %j is %s", (text, expected) => {
    expect(plainLength(headers(text))).toBe(expected);
  });
});
