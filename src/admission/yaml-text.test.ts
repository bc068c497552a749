import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { yamlText } from "./yaml-text.ts";

/** All documents of a text, as a reader of that version of YAML understands them. */
function read(text: string, version: "1.1" | "1.2"): unknown[] {
  return parseAllDocuments(text, { version, merge: false }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

describe("documents as YAML", () => {
  it("read back alike by readers of YAML 1.1 and 1.2", () => {
    const words = fc.constantFrom(
      "yes",
      "no",
      "on",
      "~",
      "null",
      "1e3",
      "0x1f",
      "012",
      "1:30",
      "<<",
      "=",
      "- a",
      "a: b",
      "# a",
      "a\nb\n",
      "|",
    );
    const texts = fc.oneof(words, fc.string({ unit: "grapheme" }));
    const contents = fc.dictionary(
      fc.string({ unit: fc.constantFrom(..."abkyno") }),
      fc.oneof(texts, fc.array(texts), fc.boolean(), fc.integer()),
    );
    fc.assert(
      fc.property(fc.array(contents, { minLength: 1, maxLength: 3 }), (documents) => {
        const text = yamlText(documents.map((content) => ({ comment: [], content })));
        expect(read(text, "1.1")).toEqual(documents);
        expect(read(text, "1.2")).toEqual(documents);
      }),
    );
  });

  it("with comments that stay comments", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(..."a:- \n\r\u2028\u0085#") })), (comment) => {
        expect(read(yamlText([{ comment, content: { kind: "Pod" } }]), "1.1")).toEqual([{ kind: "Pod" }]);
      }),
    );
  });

  it("with keys in PEM that people can read", () => {
    const pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    expect(yamlText([{ comment: ["one", ""], content: { key: pem } }])).toBe(
      "# one\n#\nkey: |\n  -----BEGIN PUBLIC KEY-----\n  AAAA\n  -----END PUBLIC KEY-----\n",
    );
  });
});
