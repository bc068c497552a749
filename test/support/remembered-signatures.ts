import crypto, { type KeyObject } from "node:crypto";
import { vi } from "vitest";

const most = 50_000;

/**
 * Lets `crypto.verify` check each signature once for each key and remember what it found, since a test that reads the
 * same evidence over and over spends its time there. Nothing is believed that was not checked.
 */
export function rememberSignatures(): void {
  const check = crypto.verify.bind(crypto);
  const known = new WeakMap<KeyObject, Map<string, boolean>>();
  vi.spyOn(crypto, "verify").mockImplementation((algorithm, data, key, signature) => {
    if (!(key instanceof crypto.KeyObject)) return check(algorithm, data, key, signature);
    const found = known.get(key) ?? new Map<string, boolean>();
    known.set(key, found);
    const name = `${algorithm} ${latin1(signature)} ${crypto.hash("sha256", view(data), "base64")}`;
    const remembered = found.get(name);
    if (remembered !== undefined) return remembered;
    const holds = check(algorithm, data, key, signature);
    if (found.size >= most) found.clear();
    found.set(name, holds);
    return holds;
  });
}

function latin1(bytes: NodeJS.ArrayBufferView): string {
  return view(bytes).toString("latin1");
}

function view({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
