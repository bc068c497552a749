import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A certificate authority of a test's own, made by openssl. */
export interface Authority {
  /** PEM file of its certificate. */
  readonly file: string;
  /** A server's certificate and key, as files and as what `node:https` takes. */
  issue(...names: readonly string[]): Promise<ServerCertificate>;
}

export interface ServerCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @param directory new directory for its files */
export function makeAuthority(directory: string): Authority {
  mkdirSync(directory, { recursive: true });
  const [file, key] = [join(directory, "authority.pem"), join(directory, "authority.key")];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
  openssl(["req", "-x509", ...newKey, "-keyout", key, "-out", file, "-subj", "/CN=A test's authority"]);
  let issued = 0;
  return {
    file,
    async issue(...names) {
      issued += 1;
      const [certFile, keyFile] = ["pem", "key"].map((end) => join(directory, `server-${issued}.${end}`));
      if (certFile === undefined || keyFile === undefined) throw new Error("no names");
      const alternatives = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(",");
      const extensions = ["-addext", `subjectAltName=${alternatives}`, "-addext", "basicConstraints=critical,CA:FALSE"];
      const signed = ["-CA", file, "-CAkey", key, "-subj", "/CN=A test's server"];
      openssl(["req", "-x509", ...newKey, ...signed, ...extensions, "-keyout", keyFile, "-out", certFile]);
      return { certFile, keyFile, cert: await readFile(certFile), key: await readFile(keyFile) };
    },
  };
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
