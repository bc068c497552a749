import { X509Certificate } from "node:crypto";
import { open } from "node:fs/promises";
import { reason, SlipwayError, systemCode } from "../../../errors/index.ts";
import { registryError } from "../errors.ts";

/** The bundle of a whole system has some 250 KiB. */
const maxBytes = 4 * 1024 * 1024;
const certificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates in a PEM file, as it is handed over by `ca-file`. Whatever else lies in it, such as a private key, is
 * left alone.
 *
 * @returns each in PEM, in the file's order
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function readAuthorities(path: string): Promise<readonly string[]> {
  const text = await readText(path);
  if (text.trim() === "") throw unusable(`the file of authorities ${path} is empty`);
  const found = text.match(certificate) ?? [];
  if (found.length === 0) {
    const what = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
      ? "a private key and no certificate"
      : "no certificate";
    throw unusable(`the file of authorities ${path} has ${what} in PEM`);
  }
  for (const [position, pem] of found.entries()) {
    if (isCertificate(pem)) continue;
    throw unusable(`certificate ${position + 1} of ${found.length} in ${path} is damaged`);
  }
  return found;
}

async function readText(path: string): Promise<string> {
  try {
    await using file = await open(path, "r");
    const stats = await file.stat();
    if (!stats.isFile()) throw unusable(`the file of authorities ${path} is not a file`);
    if (stats.size > maxBytes) throw unusable(`the file of authorities ${path} is larger than 4 MiB`);
    return (await file.readFile()).toString("latin1");
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    const why = systemCode(error) === "ENOENT" ? "does not exist" : `cannot be read: ${reason(error)}`;
    throw unusable(`the file of authorities ${path} ${why}`, error);
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function unusable(message: string, cause?: unknown): SlipwayError {
  return registryError("CA_FILE_UNUSABLE", message, cause === undefined ? {} : { cause });
}
