/** The installed third-party tools and models, for tests: where each lies, and how to run one. */

import { installedAt } from "../../scripts/peers/places.ts";
import { type Peer, peerNamed } from "../../scripts/peers/table.ts";

export { run } from "../../scripts/peers/run.ts";

/** Absolute path of the executable of a tool. */
export function peer(name: string): string {
  const known = inTable(name);
  if (known.kind === "weights") throw new Error(`peer ${name} is a model, not a tool: use peerData("${name}")`);
  return installed(known);
}

/** Absolute path of the folder with the files of a model: weights, and tokenizer and configuration where it has them. */
export function peerData(name: string): string {
  const known = inTable(name);
  if (known.kind !== "weights") throw new Error(`peer ${name} is a tool, not a model: use peer("${name}")`);
  return installed(known);
}

function inTable(name: string): Peer {
  const known = peerNamed(name);
  if (!known) throw new Error(`there is no peer ${name} in scripts/peers/table.ts`);
  return known;
}

function installed(known: Peer): string {
  const path = installedAt(known);
  if (!path) throw new Error(`peer ${known.name} is not installed: run npm run peers -- ${known.name}`);
  return path;
}
