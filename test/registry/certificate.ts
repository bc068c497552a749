import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "../support/temporary.ts";

export interface Certificate {
  readonly key: string;
  /** Its own issuer, so what a client has to trust. */
  readonly cert: string;
}

let made: Promise<Certificate> | undefined;

/** A certificate for this machine, made once in a process; no key is kept in the repository. */
export function certificate(): Promise<Certificate> {
  made ??= make();
  return made;
}

async function make(): Promise<Certificate> {
  await using directory = await temporaryDirectory();
  const [key, cert] = [join(directory.path, "key.pem"), join(directory.path, "cert.pem")];
  const names = "subjectAltName=IP:127.0.0.1,DNS:localhost";
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "2", "-subj", "/CN=test registry", "-addext", names, "-keyout", key, "-out", cert],
  ]);
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}
