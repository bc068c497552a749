import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stagingName, sweepStaging } from "../../content/index.ts";

/** What a command is given to sign. */
export interface GivenContent extends AsyncDisposable {
  /** The arguments, with what their placeholders stand for. */
  readonly args: readonly string[];
  /** For stdin: the bytes, when no argument has a placeholder. */
  readonly input: Buffer | undefined;
}

const placeholder = /\{(payload|digest|digest-hex|digest-base64)\}/g;
const stagingPrefix = "slipway-sign";

/**
 * Gives a command what it is to sign, in the way that its arguments ask for. Files are this user's alone, and are gone
 * once this is disposed of.
 */
export async function giveContent(args: readonly string[], signed: Uint8Array): Promise<GivenContent> {
  const asked = new Set(args.flatMap((arg) => [...arg.matchAll(placeholder)].map(([, name]) => name)));
  const digest = createHash("sha256").update(signed).digest();
  const files = { payload: signed, digest };
  const directory = join(tmpdir(), stagingName(stagingPrefix));
  const remove = () => rm(directory, { recursive: true, force: true });
  const texts = new Map([
    ["digest-hex", digest.toString("hex")],
    ["digest-base64", digest.toString("base64")],
  ]);
  if (asked.has("payload") || asked.has("digest")) {
    // What a killed process left there.
    await sweepStaging(tmpdir(), stagingPrefix);
    await mkdir(directory, { mode: 0o700 });
  }
  try {
    for (const [name, bytes] of Object.entries(files)) {
      if (!asked.has(name)) continue;
      const path = join(directory, name);
      await writeFile(path, bytes, { mode: 0o600, flag: "wx" });
      texts.set(name, path);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    args: args.map((arg) => arg.replace(placeholder, (whole, name: string) => texts.get(name) ?? whole)),
    input: asked.size === 0 ? Buffer.from(signed) : undefined,
    [Symbol.asyncDispose]: remove,
  };
}
