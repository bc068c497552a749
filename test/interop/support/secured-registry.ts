import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerCertificate } from "../../support/authority.ts";
import { peer } from "../peers.ts";
import { freePort, type RunningRegistry } from "./registries.ts";

/** The user that the registry knows. */
export const erin = {
  username: "erin",
  password: "pa55word-of-erin",
  /** bcrypt, the only scheme that distribution takes. */
  htpasswd: "erin:$2y$05$abcdefghijklmnopqrstuucjX9XkiDwKE.8zbMw.l7Kyd8oZ/OSca",
};

/** A name of this machine that is not one of loopback, which registries speak plain HTTP under. */
export const machine = hostname().toLowerCase();

/**
 * distribution 3 that asks for a password, over TLS where there is a certificate.
 * @param directory an empty one
 */
export async function securedRegistry(
  directory: string,
  certificate: ServerCertificate | undefined,
): Promise<RunningRegistry & { readonly port: number }> {
  const port = await freePort();
  await mkdir(join(directory, "storage"), { recursive: true });
  await writeFile(join(directory, "htpasswd"), `${erin.htpasswd}\n`);
  const tls = certificate && `  tls: {certificate: ${certificate.certFile}, key: ${certificate.keyFile}}\n`;
  await writeFile(
    join(directory, "distribution.yml"),
    `version: 0.1
log: {level: error}
storage:
  filesystem: {rootdirectory: ${join(directory, "storage")}}
auth:
  htpasswd: {realm: test, path: ${join(directory, "htpasswd")}}
http:
  addr: 0.0.0.0:${port}
${tls ?? ""}`,
  );
  const child = spawn(peer("registry"), ["serve", join(directory, "distribution.yml")], { stdio: "ignore" });
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  for (let attempt = 0; !(await answers(port)); attempt += 1) {
    if (attempt > 100 || child.exitCode !== null) throw new Error("the registry did not start");
    await sleep(100);
  }
  return {
    host: `${machine}:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function answers(port: number): Promise<boolean> {
  return new Promise((answered) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      answered(true);
    });
    socket.on("error", () => answered(false));
  });
}
