import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { peer } from "../peers.ts";

/** A registry that runs as a process on loopback, until it is disposed of. */
export interface RunningRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
}

/** Starts distribution 3 with settings of its own. @param settings `auth`: that section, in YAML */
export async function startDistribution(
  directory: string,
  settings: { readonly deletes: boolean; readonly auth?: string },
): Promise<RunningRegistry> {
  const port = await freePort();
  const file = join(directory, "distribution.yml");
  await writeConfiguration(file, directory, port, settings);
  return running(spawn(peer("registry"), ["serve", file], { stdio: "ignore" }), port);
}

/** How each registry is started in a directory. */
export const registries = {
  /** distribution 3, the reference implementation: no referrers API. */
  "distribution 3": (directory: string) => startDistribution(directory, { deletes: true }),
  /** distribution 2.8, which Harbor is built on. */
  "distribution 2.8": async (directory: string) => {
    const port = await freePort();
    const file = join(directory, "distribution.yml");
    await writeConfiguration(file, directory, port, { deletes: true });
    return running(spawn(peer("docker-registry"), ["serve", file], { stdio: "ignore" }), port);
  },
  /** go-containerregistry's: no referrers API, blobs in memory. */
  crane: async (directory: string) => {
    const port = await freePort();
    const args = ["registry", "serve", "--address", `127.0.0.1:${port}`];
    return running(spawn(peer("crane"), args, { stdio: "ignore", cwd: directory }), port);
  },
  /**
   * The same with the referrers API, whose list says "empty" of the artifact type of whatever has an empty config, and
   * which leaves out `OCI-Subject` when a manifest with a subject is put.
   */
  "crane with referrers": async (directory: string) => {
    const port = await freePort();
    const blobs = join(directory, "blobs");
    await mkdir(blobs);
    const args = ["-address", `127.0.0.1:${port}`, "-disk", blobs];
    return running(spawn(peer("referrers-registry"), args, { stdio: "ignore" }), port);
  },
} satisfies Record<string, (directory: string) => Promise<RunningRegistry>>;

/** Of one kind with the referrers API and one without. */
const few = ["distribution 3", "crane with referrers"];

/** Those that many tools in many ways are tried with: all of them in the slow suite. */
export const triedRegistries = Object.entries(registries).filter(
  ([name]) => process.env["SLIPWAY_INTEROP"] === "slow" || few.includes(name),
);

async function writeConfiguration(
  file: string,
  directory: string,
  port: number,
  { deletes, auth = "" }: { readonly deletes: boolean; readonly auth?: string },
): Promise<void> {
  const root = join(directory, "storage");
  await mkdir(root, { recursive: true });
  await writeFile(
    file,
    `version: 0.1
log: {level: error}
storage:
  filesystem: {rootdirectory: ${root}}
  delete: {enabled: ${deletes}}
http:
  addr: 127.0.0.1:${port}
${auth}`,
  );
}

async function running(child: ChildProcess, port: number): Promise<RunningRegistry> {
  const host = `127.0.0.1:${port}`;
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  for (let attempt = 0; ; attempt += 1) {
    const answered = await fetch(`http://${host}/v2/`).then(
      ({ ok, status }) => ok || status === 401,
      () => false,
    );
    if (answered) break;
    if (attempt > 100 || child.exitCode !== null) throw new Error("the registry did not start");
    await sleep(100);
  }
  return {
    host,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
