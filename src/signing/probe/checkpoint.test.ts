import { TrustedRoot } from "@sigstore/protobuf-specs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeSigstore } from "../../../test/support/sigstore/index.ts";
import { checkpointOf } from "../../../test/support/sigstore/reading-handlers.ts";
import { isSignedBy, parseCheckpoint } from "./checkpoint.ts";

const sigstore = makeSigstore();
const note = checkpointOf(sigstore.log);
const logsOf = ({ trustedRoot }: typeof sigstore) => TrustedRoot.fromJSON(trustedRoot()).tlogs;
const isBy = (text: string, of = sigstore) => {
  const checkpoint = parseCheckpoint(text);
  return checkpoint && logsOf(of).some((log) => isSignedBy(checkpoint, log));
};

it("is read and known by its log", () => {
  expect(parseCheckpoint(note)).toMatchObject({ origin: "log.sigstore.test", size: "1" });
  expect(isBy(note)).toBe(true);
  expect(isBy(note, makeSigstore())).toBe(false);
});

describe("what was changed", () => {
  it.each([
    ["size", note.replace("\n1\n", "\n2\n")],
    ["name of the signer", note.replace("\u2014 log.", "\u2014 other.")],
    ["line that is not signed", note.replace("\n\n", "\nmore\n\n")],
  ])("in the %s is not the log's", (_, text) => {
    expect(text).not.toBe(note);
    expect(isBy(text)).toBe(false);
  });

  it.each([
    ["without signatures", note.slice(0, note.indexOf("\u2014"))],
    ["without a break", note.replace("\n\n", "\n")],
    ["with a size in words", note.replace("\n1\n", "\none\n")],
    ["with a short signature", "log\n1\nAAAA\n\n\u2014 log AAAA\n"],
    ["of a page", "<html>\n\n</html>"],
    ["of nothing", ""],
  ])("%s is none", (_, text) => {
    expect(parseCheckpoint(text)).toBeUndefined();
  });
});

it("never fails, whatever comes", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((more) => `${note}${more}`),
    fc.string().map((less) => `${less}${note}`),
  );
  fc.assert(
    fc.property(text, (given) => {
      const checkpoint = parseCheckpoint(given);
      if (checkpoint === undefined) return;
      expect(given.startsWith(checkpoint.text)).toBe(true);
      for (const log of logsOf(sigstore)) isSignedBy(checkpoint, log);
    }),
  );
});
