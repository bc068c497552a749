/** Where an installed peer lies: outside the clone, so that a second clone on the same machine installs nothing. */

import { createHash } from "node:crypto";
import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { DebianPeer, OwnGoPeer, Peer } from "./table.ts";

/** The folder that holds all peers: `SLIPWAY_PEERS_DIR`, or `slipway/peers` in the user's cache folder. */
export function peersDir(): string {
  const { SLIPWAY_PEERS_DIR, XDG_CACHE_HOME } = process.env;
  if (SLIPWAY_PEERS_DIR) return resolve(SLIPWAY_PEERS_DIR);
  // The XDG specification tells programs to ignore a relative path here.
  const cache = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache");
  return join(cache, "slipway", "peers");
}

/** The folder of one version of one peer. */
export function homeOf(peer: Exclude<Peer, DebianPeer>): string {
  const build = peer.kind === "own-go" ? `${peer.version}-${fingerprintOf(sourcesOf(peer))}` : peer.version;
  return join(peersDir(), peer.name, build);
}

/** The folder with the sources of a command of this project. */
export function sourcesOf({ folder }: OwnGoPeer): string {
  return join(import.meta.dirname, "../..", folder);
}

/** Clones share the folder of peers, and each must find the command that its own sources make. */
function fingerprintOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) {
    const content = readFileSync(join(folder, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/** The executable of a tool, the folder of model files of a weights peer; undefined when it is not installed. */
export function installedAt(peer: Peer): string | undefined {
  switch (peer.kind) {
    case "go":
    case "own-go":
      return ifExecutable(join(homeOf(peer), peer.name));
    case "pypi":
      return ifExecutable(join(homeOf(peer), "bin", peer.command ?? peer.name));
    case "weights":
      return ifFolder(join(homeOf(peer), "model"));
    case "debian":
      return onPath(peer.name);
  }
}

function onPath(command: string): string | undefined {
  const { PATH = "" } = process.env;
  for (const folder of PATH.split(delimiter)) {
    const found = isAbsolute(folder) ? ifExecutable(join(folder, command)) : undefined;
    if (found) return found;
  }
  return undefined;
}

function ifExecutable(path: string): string | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

function ifFolder(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : undefined;
}
