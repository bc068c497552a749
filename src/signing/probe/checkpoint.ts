import { verify } from "node:crypto";
import type { TransparencyLogInstance } from "@sigstore/protobuf-specs";
import { idOf, keyOf } from "./logs.ts";

/** The head of a log, with the names of those who signed it (C2SP, tlog-checkpoint and signed-note). */
export interface Checkpoint {
  readonly origin: string;
  /** Entries in the log. */
  readonly size: string;
  /** What is signed, with its last line break. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly hint: Buffer; readonly signature: Buffer }[];
}

const mostSignatures = 16;

/** Reads a checkpoint; undefined for what is none. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const end = note.lastIndexOf("\n\n");
  if (end < 0) return undefined;
  const [origin = "", size = "", hash = ""] = note.slice(0, end).split("\n");
  const lines = note
    .slice(end + 2)
    .split("\n")
    .filter((line) => line !== "");
  const signatures = lines.slice(0, mostSignatures).flatMap((line) => {
    const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? "", "base64");
    return name === undefined || bytes.length < 5
      ? []
      : [{ name, hint: bytes.subarray(0, 4), signature: bytes.subarray(4) }];
  });
  if (origin === "" || hash === "" || !/^\d{1,19}$/.test(size) || signatures.length === 0) return undefined;
  return { origin, size, text: note.slice(0, end + 1), signatures };
}

/** Whether a log of a trusted root signed a checkpoint, found as verification finds it: by identifier and name. */
export function isSignedBy({ text, signatures }: Checkpoint, log: TransparencyLogInstance): boolean {
  const key = keyOf(log);
  if (key === undefined) return false;
  const algorithm = key.asymmetricKeyType === "ed25519" ? undefined : "sha256";
  return signatures.some(({ name, hint, signature }) => {
    if (!hint.equals(idOf(log).subarray(0, 4)) || !log.baseUrl.includes(name)) return false;
    try {
      return verify(algorithm, Buffer.from(text), key, signature);
    } catch {
      return false;
    }
  });
}
