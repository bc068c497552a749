import { chainError, type Ledger, type LedgerAddition, type LedgerEntry } from "../../lifecycle/index.ts";
import { type Digest, digestOf, maxManifestBytes } from "../../oci/index.ts";
import type { Repository, Snapshot } from "../git/index.ts";
import { places } from "../places.ts";
import { ledgerError } from "./errors.ts";

const maxEntryBytes = 256 * 1024;

/**
 * The ledger in a Git repository: one file for each link. That a push is refused unless it follows what was read is
 * the compare-and-set that gives all links one order.
 */
export class GitLedger implements Ledger {
  readonly label: string;
  readonly #repository: Repository;

  constructor(repository: Repository, label: string) {
    this.#repository = repository;
    this.label = label;
  }

  async entries(name: string): Promise<readonly LedgerEntry[]> {
    return entriesAt(await this.#repository.snapshot(), name);
  }

  async pack(name: string, release: string): Promise<ReadonlyMap<Digest, Uint8Array>> {
    return packAt(await this.#repository.snapshot(), name, release);
  }

  async append({ name, release, sequence, bundle, side, pack, message }: LedgerAddition): Promise<string> {
    const path = places.link(name, release, sequence);
    const { value, commit } = await this.#repository.publish(async (snapshot) => {
      const links = await snapshot.readAll(`${places.ledgerOf(name)}/${release}`);
      const holds = links.get(path);
      const done = holds !== undefined && Buffer.compare(holds, bundle) === 0;
      if (done) return { kind: "nothing", value: snapshot.commit };
      if (holds !== undefined) {
        throw chainError("STATE_MOVED", `${name} ${release} has a link ${sequence} already: ${path} in ${this.label}`);
      }
      if (sequence > 1 && !links.has(places.link(name, release, sequence - 1))) {
        throw chainError("STATE_MOVED", `${name} ${release} lost its link ${sequence - 1} in ${this.label}`);
      }
      const files = new Map([[path, bundle]]);
      const packed = new Set(await snapshot.list(places.packOf(name, release)));
      for (const [digest, bytes] of pack) {
        const place = places.packed(name, release, digest);
        if (!packed.has(place)) files.set(place, bytes);
      }
      for (const bytes of side) files.set(places.sideLink(name, release, digestOf(bytes)), bytes);
      return { kind: "change", change: { files, message }, value: undefined };
    });
    return commit ?? value ?? "";
  }
}

/** Every link of a model at one commit. @throws SlipwayError LEDGER_MALFORMED */
async function entriesAt(snapshot: Snapshot, name: string): Promise<readonly LedgerEntry[]> {
  const folder = places.ledgerOf(name);
  const contents = await snapshot.readAll(folder);
  return [...contents].map(([path, bundle]) => entryAt(folder, path, bundle)).sort(byReleaseAndSequence);
}

function entryAt(folder: string, path: string, bundle: Uint8Array): LedgerEntry {
  const [release = "", second = "", third, ...deeper] = path.slice(folder.length + 1).split("/");
  const side = second === "side" && deeper.length === 0 && /^[0-9a-f]{64}\.json$/.test(third ?? "");
  // A number is written in one way only, or two files would be the same link of the order.
  const number = /^(?!0000)(\d{4}|[1-9]\d{4,8})\.json$/.exec(second)?.[1];
  const sequence = third === undefined && number !== undefined ? Number(number) : undefined;
  if (!side && sequence === undefined) throw ledgerError("LEDGER_MALFORMED", `${path} is not where a link lies`);
  if (bundle.length > maxEntryBytes) throw ledgerError("LEDGER_MALFORMED", `${path} is too large to be a link`);
  return { release, sequence: sequence ?? 0, side, bundle, path };
}

function byReleaseAndSequence(a: LedgerEntry, b: LedgerEntry): number {
  return a.release < b.release ? -1 : a.release > b.release ? 1 : a.sequence - b.sequence;
}

/** The evidence pack of a release at one commit; each piece is checked against its digest when it is used. */
async function packAt(snapshot: Snapshot, name: string, release: string): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const contents = new Map<Digest, Uint8Array>();
  for (const [path, bytes] of await snapshot.readAll(places.packOf(name, release))) {
    const hex = path.slice(path.lastIndexOf("/") + 1);
    if (bytes.length > maxManifestBytes || digestOf(bytes) !== `sha256:${hex}`) {
      throw ledgerError("LEDGER_MALFORMED", `${path} does not have the digest that its name says`);
    }
    contents.set(`sha256:${hex}`, bytes);
  }
  return contents;
}
