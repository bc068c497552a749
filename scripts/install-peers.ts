/** Installs the third-party tools and models that `npm run check` and the interop tests run against. */

import { parseArgs } from "node:util";
import { install } from "./peers/install.ts";
import { installedAt, peersDir } from "./peers/places.ts";
import { type Peer, peerNamed, peers, peersOf, type SetName, setNames } from "./peers/table.ts";

const usage = `usage: npm run peers -- [--set ${setNames.join("|")}] [--list] [--print-dir] [TOOL ...]
Installs the set and the tools named; the quick set when nothing is named. --list shows what there is,
--print-dir the folder it goes to, which SLIPWAY_PEERS_DIR overrides.`;

interface Request {
  readonly list: boolean;
  readonly printDir: boolean;
  readonly help: boolean;
  readonly wanted: readonly Peer[];
}

function readArguments(args: string[]): Request {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      set: { type: "string", multiple: true },
      list: { type: "boolean", default: false },
      "print-dir": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const sets = values.set ?? (positionals.length === 0 ? ["quick"] : []);
  const asked = new Set([...sets.flatMap((set) => peersOf(knownSet(set))), ...positionals.map(knownPeer)]);
  return {
    list: values.list,
    printDir: values["print-dir"],
    help: values.help,
    wanted: peers.filter((peer) => asked.has(peer)),
  };
}

function knownSet(name: string): SetName {
  const set = setNames.find((known) => known === name);
  if (!set) throw new Error(`there is no set ${name}: it is one of ${setNames.join(", ")}`);
  return set;
}

function knownPeer(name: string): Peer {
  const peer = peerNamed(name);
  if (!peer) throw new Error(`there is no peer ${name}: it is one of ${peers.map((known) => known.name).join(", ")}`);
  return peer;
}

function label(peer: Peer): string {
  return `${peer.name.padEnd(20)} ${peer.version.padEnd(8)}`;
}

function list(): void {
  for (const peer of peers) {
    const state = installedAt(peer) ? "installed" : "-";
    console.log(`${label(peer)} ${peer.kind.padEnd(8)} ${state.padEnd(10)} ${peer.sets.join(", ")}`);
  }
}

/** Goes on after a failure, and returns the names of those that failed. */
async function installAll(wanted: readonly Peer[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const peer of wanted) {
    process.stdout.write(`${label(peer)} `);
    if (installedAt(peer)) {
      console.log("already there");
      continue;
    }
    const started = performance.now();
    try {
      await install(peer);
      console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
    } catch (error) {
      console.log("failed");
      console.error(`  ${messageOf(error)}`);
      failed.push(peer.name);
    }
  }
  return failed;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(args: string[]): Promise<number> {
  let request: Request;
  try {
    request = readArguments(args);
  } catch (error) {
    console.error(`${messageOf(error)}\n${usage}`);
    return 2;
  }
  if (request.help) console.log(usage);
  else if (request.printDir) console.log(peersDir());
  else if (request.list) list();
  else {
    const failed = await installAll(request.wanted);
    if (failed.length > 0) {
      console.error(`not installed: ${failed.join(", ")}`);
      return 1;
    }
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
