/**
 * Runs the containers of a Pod as processes of this machine, without a kubelet or an image: Tekton's real
 * `entrypoint` orders the steps, reads the results and writes the termination message, as in a cluster.
 *
 * A step gets what OpenShift's restricted-v2 gives it: a random user without a passwd entry, group 0 and
 * fsGroup, no capability, no new privileges, its own PID, IPC and UTS namespaces, and nothing to write to but
 * its volumes. The root is read-only even where the Pod does not ask for it, because a Task has to work on
 * clusters that enforce that. See container.sh for how the root is made.
 *
 * The network is the machine's, so that steps reach registries on loopback.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { type ClusterObjects, commandLine, environment, expand, giveToGroup, writeVolume } from "./kubelet.ts";
import { assertRestricted, type Container, type Pod, parsePod } from "./pod.ts";

export interface PodRun {
  /** What `pod` of harness.ts returned, or the same as JSON text. */
  podJson: unknown;
  /** The repository's `dist`, which the image has at /opt/slipway/dist. */
  dist: string;
  /** A Node binary; the image has it on PATH. */
  node: string;
  /** Tekton's binaries, which its images have in /ko-app. `workingDirInit` is needed by relative working directories. */
  entrypoint: string;
  workingDirInit?: string;
  /**
   * Directories for workspaces, by the workspace's name, or by mount path where the Task sets one. A writable
   * one is given to the step's group, as a volume claim is: pass a copy, never a file tree of the repository.
   */
  workspaces?: Record<string, string>;
  secrets?: ClusterObjects["secrets"];
  configMaps?: ClusterObjects["configMaps"];
  tokens?: ClusterObjects["tokens"];
  /** More of the image: paths in it to files or directories here, and variables of its ENV lines. */
  imageFiles?: Record<string, string>;
  imageEnv?: Record<string, string>;
  timeoutMs: number;
}

interface StepOutcome {
  name: string;
  /** As Tekton reports it: with `onError: continue` the step's own code, not the entrypoint's 0. */
  exitCode: number;
  stdout: string;
  stderr: string;
  terminationMessage: string;
}

export interface PodOutcome {
  steps: StepOutcome[];
  results: Record<string, string>;
}

const RANDOM_UID = 1000720000;
/** OpenShift takes fsGroup from the same range of the namespace. */
const FS_GROUP = 1000720000;
const OUTPUT_LIMIT = 1024 * 1024;
const CONTAINER_MESSAGE_LIMIT = 4096;
const POD_MESSAGE_LIMIT = 12 * 1024;
const SETUP_SCRIPT = join(import.meta.dirname, "container.sh");
const IMAGE_PATH = "/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Why this machine cannot run Pods, or undefined where it can. */
export function podRunnerProblem(): string | undefined {
  if (process.platform !== "linux") return "namespaces need Linux";
  if (process.getuid?.() !== 0) return "making mounts and becoming a random user needs root";
  const missing = ["unshare", "setpriv", "mount"].filter((tool) => !existsSync(join("/usr/bin", tool)));
  return missing.length > 0 ? `missing from /usr/bin: ${missing.join(", ")}` : undefined;
}

type Mount = { kind: "ro" | "rw" | "link" | "dir"; source: string; target: string };

interface Session {
  run: PodRun;
  pod: Pod;
  objects: ClusterObjects;
  temp: string;
  /** Directory of each volume of the Pod. */
  volumes: Map<string, string>;
  image: Mount[];
  messageLimit: number;
  stop: AbortController;
}

export async function runPod(run: PodRun): Promise<PodOutcome> {
  const problem = podRunnerProblem();
  if (problem !== undefined) throw new Error(`Pods cannot be run here: ${problem}`);
  const pod = parsePod(run.podJson);
  assertRestricted(pod);
  const { initContainers, containers } = pod.spec;
  const sidecars = containers.filter(({ name }) => !name.startsWith("step-"));
  if (sidecars.length > 0) throw new Error(`sidecars are not run: ${sidecars.map(({ name }) => name).join(", ")}`);
  // The controller sets this once the sidecars are ready; without any, as soon as the Pod runs.
  pod.metadata.annotations["tekton.dev/ready"] = "READY";

  const temp = await mkdtemp(join(tmpdir(), "slipway-pod-"));
  const stop = new AbortController();
  const timer = setTimeout(
    () => stop.abort(new Error(`the Pod did not end within ${run.timeoutMs} ms`)),
    run.timeoutMs,
  );
  try {
    const objects = { secrets: run.secrets ?? {}, configMaps: run.configMaps ?? {}, tokens: run.tokens ?? {} };
    const session: Session = {
      run,
      pod,
      objects,
      temp,
      volumes: await makeVolumes(pod, run, objects, temp),
      image: await imageMounts(run, pod, temp),
      messageLimit: Math.min(
        CONTAINER_MESSAGE_LIMIT,
        Math.floor(POD_MESSAGE_LIMIT / (initContainers.length + containers.length)),
      ),
      stop,
    };
    for (const container of initContainers) {
      const { exitCode, stdout, stderr } = await runContainer(container, session);
      if (exitCode !== 0) {
        throw new Error(`init container ${container.name} failed with ${exitCode}:\n${stdout}${stderr}`);
      }
    }
    // All at once, as in a Pod: it is the entrypoint's work to let one wait for another.
    const running = containers.map(async (container) => {
      try {
        return await runContainer(container, session);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    });
    await Promise.allSettled(running);
    return outcome(await Promise.all(running));
  } finally {
    clearTimeout(timer);
    stop.abort();
    await rm(temp, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function makeVolumes(pod: Pod, run: PodRun, objects: ClusterObjects, temp: string): Promise<Map<string, string>> {
  const directories = new Map<string, string>();
  const given = new Map(Object.entries(run.workspaces ?? {}));
  const mounts = pod.spec.containers.flatMap(({ volumeMounts }) => volumeMounts);
  for (const volume of pod.spec.volumes) {
    const uses = mounts.filter(({ name }) => name === volume.name);
    const key = uses
      .flatMap(({ mountPath }) => [mountPath, mountPath.replace(/^\/workspace\//, "")])
      .find((candidate) => given.has(candidate));
    if (key !== undefined) {
      const directory = await realpath(resolve(given.get(key) ?? ""));
      given.delete(key);
      if (uses.some(({ readOnly }) => !readOnly)) await giveToGroup(directory, FS_GROUP);
      directories.set(volume.name, directory);
      continue;
    }
    if (volume.persistentVolumeClaim !== undefined) {
      throw new Error(`no directory was given for the workspace at ${uses[0]?.mountPath ?? volume.name}`);
    }
    const directory = join(temp, "volumes", volume.name);
    await writeVolume(volume, pod, objects, directory, FS_GROUP);
    directories.set(volume.name, directory);
  }
  if (given.size > 0) throw new Error(`the Pod mounts no workspace named ${[...given.keys()].join(", ")}`);
  return directories;
}

/** Stands in for the image: the machine's programs and libraries, and an /etc that knows no user but root. */
async function imageMounts(run: PodRun, pod: Pod, temp: string): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const path of ["/usr", "/bin", "/sbin", "/lib", "/lib64"]) {
    if (!existsSync(path)) continue;
    const merged = (await lstat(path)).isSymbolicLink();
    mounts.push({ kind: merged ? "link" : "ro", source: merged ? await readlink(path) : path, target: path });
  }
  for (const name of ["alternatives", "ca-certificates", "ssl", "ld.so.cache", "nsswitch.conf", "resolv.conf"]) {
    const path = join("/etc", name);
    if (existsSync(path)) mounts.push({ kind: "ro", source: await realpath(path), target: path });
  }
  const etc = join(temp, "etc");
  await mkdir(etc);
  for (const [name, content] of [
    ["passwd", "root:x:0:0:root:/root:/sbin/nologin\n"],
    ["group", "root:x:0:\n"],
    ["hosts", `127.0.0.1 localhost ${hostname(pod)}\n::1 localhost\n`],
  ] as const) {
    await writeFile(join(etc, name), content);
    await chmod(join(etc, name), 0o644);
    mounts.push({ kind: "ro", source: join(etc, name), target: join("/etc", name) });
  }
  for (const device of ["null", "zero", "full", "random", "urandom", "tty"]) {
    mounts.push({ kind: "rw", source: join("/dev", device), target: join("/dev", device) });
  }
  for (const [name, target] of [
    ["fd", ""],
    ["stdin", "/0"],
    ["stdout", "/1"],
    ["stderr", "/2"],
  ] as const) {
    mounts.push({ kind: "link", source: `/proc/self/fd${target}`, target: join("/dev", name) });
  }
  for (const target of ["/dev/shm", "/proc", "/tmp", "/root"]) mounts.push({ kind: "dir", source: "-", target });

  const files = new Map<string, string>([
    ["/ko-app/entrypoint", run.entrypoint],
    ["/opt/node/bin/node", run.node],
    ["/opt/slipway/dist", run.dist],
    ...Object.entries(run.imageFiles ?? {}),
  ]);
  if (run.workingDirInit !== undefined) files.set("/ko-app/workingdirinit", run.workingDirInit);
  for (const [target, source] of files) mounts.push({ kind: "ro", source: await realpath(source), target });
  return mounts;
}

function hostname({ metadata }: Pod): string {
  return metadata.name.slice(0, 63);
}

async function volumeMounts(
  container: Container,
  env: ReadonlyMap<string, string>,
  session: Session,
): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const { name, mountPath, readOnly, subPath, subPathExpr } of container.volumeMounts) {
    const directory = session.volumes.get(name);
    const volume = session.pod.spec.volumes.find((candidate) => candidate.name === name);
    if (directory === undefined || volume === undefined) {
      throw new Error(`${container.name} mounts the volume ${name}, which the Pod does not have`);
    }
    const source = join(directory, subPath ?? (subPathExpr === undefined ? "" : expand(subPathExpr, env)));
    if (source !== directory && !source.startsWith(`${directory}/`))
      throw new Error(`subPath leaves the volume ${name}`);
    if (!existsSync(source)) {
      await mkdir(source, { recursive: true });
      await giveToGroup(source, FS_GROUP);
    }
    const written = volume.emptyDir ?? volume.persistentVolumeClaim;
    mounts.push({ kind: readOnly || written === undefined ? "ro" : "rw", source, target: resolve("/", mountPath) });
  }
  // Tekton lists /workspace/source before /workspace; mounted in that order, the second would hide the first.
  return mounts.sort((a, b) => a.target.split("/").length - b.target.split("/").length);
}

async function runContainer(container: Container, session: Session): Promise<StepOutcome> {
  const { run, pod, temp, stop, messageLimit } = session;
  const env = environment(container, pod, session.objects);
  const command = commandLine(container, env);
  if (command.length === 0) throw new Error(`${container.name} has no command, and there is no image to ask`);
  // env(1) would take such a command for one more variable.
  if (command[0]?.includes("=")) throw new Error(`${container.name}: no "=" is possible in a command's name`);

  const root = join(temp, "roots", container.name);
  const started = join(temp, `${container.name}.started`);
  const message = join(temp, `${container.name}.message`);
  await mkdir(root, { recursive: true });
  await writeFile(message, "");
  await chmod(message, 0o666);
  const mounts: Mount[] = [
    ...session.image,
    { kind: "rw", source: message, target: container.terminationMessagePath ?? "/dev/termination-log" },
    ...(await volumeMounts(container, env, session)),
  ];
  // runc gives HOME=/ to a user without a passwd entry; nobody else sets it.
  const variables = new Map([
    ["PATH", IMAGE_PATH],
    ["HOME", "/"],
    ["HOSTNAME", hostname(pod)],
    ...Object.entries(run.imageEnv ?? {}),
    ...env,
  ]);
  const argv = [
    // The chain ends with this process even if it is killed: it could not end the steps itself then.
    ...["/usr/bin/setpriv", "--pdeathsig", "SIGKILL"],
    ...["unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child"],
    ...["/bin/sh", SETUP_SCRIPT, root, hostname(pod), started],
    ...mounts.flatMap(({ kind, source, target }) => [kind, source, target]),
    "--",
    ...["/usr/bin/setpriv", "--reuid", `${RANDOM_UID}`, "--regid", "0", "--groups", `${FS_GROUP}`],
    // Becoming another user clears the parent-death signal of --kill-child, so it is set once more.
    ...["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--pdeathsig", "SIGKILL"],
    // Not through a shell's environment: sh drops names such as INPUT_MODEL-NAME.
    ...["/usr/bin/env", "-i", "-C", resolve("/", container.workingDir ?? "/"), "--"],
    ...[...variables].map(([name, value]) => `${name}=${value}`),
    ...command,
  ];
  const { exitCode, stdout, stderr } = await execute(argv, stop.signal);
  stop.signal.throwIfAborted();
  if (!existsSync(started)) throw new Error(`${container.name} could not be set up: ${stderr}`);
  const terminationMessage = (await readFile(message)).subarray(-CONTAINER_MESSAGE_LIMIT).subarray(0, messageLimit);
  return { name: container.name, exitCode, stdout, stderr, terminationMessage: terminationMessage.toString("utf8") };
}

function execute(argv: string[], signal: AbortSignal): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [file = "", ...args] = argv;
  return new Promise((done, fail) => {
    signal.throwIfAborted();
    const child = spawn(file, args, {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
      stdio: ["ignore", "pipe", "pipe"],
      cwd: "/",
    });
    const kill = () => child.kill("SIGKILL");
    signal.addEventListener("abort", kill, { once: true });
    const stdout = lastBytes();
    const stderr = lastBytes();
    child.stdout.on("data", stdout.add);
    child.stderr.on("data", stderr.add);
    child.once("error", fail);
    child.once("close", (code, killedBy) => {
      signal.removeEventListener("abort", kill);
      const exitCode = code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]);
      done({ exitCode, stdout: stdout.text(), stderr: stderr.text() });
    });
  });
}

/** The end is kept, because it says why something failed. */
function lastBytes() {
  let chunks: Buffer[] = [];
  let size = 0;
  let total = 0;
  return {
    add(chunk: Buffer) {
      chunks.push(chunk);
      size += chunk.length;
      total += chunk.length;
      if (size < 2 * OUTPUT_LIMIT) return;
      chunks = [Buffer.from(Buffer.concat(chunks).subarray(-OUTPUT_LIMIT))];
      size = OUTPUT_LIMIT;
    },
    text() {
      const kept = Buffer.concat(chunks).subarray(-OUTPUT_LIMIT);
      const dropped = total - kept.length;
      return (dropped > 0 ? `[${dropped} bytes dropped]\n` : "") + kept.toString("utf8");
    },
  };
}

const runResults = z.array(z.object({ key: z.string(), value: z.string(), type: z.number().optional() }));
const TASK_RESULT = 1;
const INTERNAL = 3;

/** As pkg/termination and pkg/pod/status.go: per step the last entry of a key counts, over all steps the last one. */
function outcome(containers: StepOutcome[]): PodOutcome {
  const results = new Map<string, string>();
  const steps = containers.map((step) => {
    const entries = new Map(parseMessage(step).map((entry) => [entry.key, entry]));
    for (const { key, value, type } of entries.values()) if (type === TASK_RESULT) results.set(key, value);
    const code = entries.get("ExitCode");
    const exitCode = code?.type === INTERNAL ? Number(code.value) : step.exitCode;
    return { ...step, name: step.name.replace(/^step-/, ""), exitCode };
  });
  return { steps, results: Object.fromEntries(results) };
}

function parseMessage({ name, terminationMessage, stdout, stderr }: StepOutcome): z.infer<typeof runResults> {
  if (terminationMessage === "") return [];
  try {
    return runResults.parse(JSON.parse(terminationMessage));
  } catch (cause) {
    throw new Error(`the termination message of ${name} is not what Tekton reads:\n${stdout}${stderr}`, { cause });
  }
}
