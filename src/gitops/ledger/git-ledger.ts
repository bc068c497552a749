import { chainError, type Ledger, type LedgerAddition, type LedgerEntry } from "../../lifecycle/index.ts";
import { type Digest, digestOf } from "../../oci/index.ts";
import type { Repository, Snapshot } from "../git/index.ts";
import { places } from "../places.ts";
import { ledgerError } from "./errors.ts";

const maxEntryBytes = 256 * 1024;
const maxPackedBytes = 512 * 1024;

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
      const holds = await snapshot.read(path, maxEntryBytes);
      const done = holds !== undefined && Buffer.compare(holds, bundle) === 0;
      if (done) return { kind: "nothing", value: snapshot.commit };
      if (holds !== undefined) {
        throw chainError("STATE_MOVED", `${name} ${release} has a link ${sequence} already: ${path} in ${this.label}`);
      }
      if (
        sequence > 1 &&
        (await snapshot.read(places.link(name, release, sequence - 1), maxEntryBytes)) === undefined
      ) {
        throw chainError("STATE_MOVED", `${name} ${release} lost its link ${sequence - 1} in ${this.label}`);
      }
      const files = new Map([[path, bundle]]);
      for (const [digest, bytes] of pack) {
        const place = places.packed(name, release, digest);
        if ((await snapshot.read(place, maxPackedBytes)) === undefined) files.set(place, bytes);
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
  const entries: LedgerEntry[] = [];
  for (const path of await snapshot.list(folder)) {
    const parts = path.slice(folder.length + 1).split("/");
    const [release = "", second = "", third] = parts;
    const side = second === "side" && parts.length === 3 && /^[0-9a-f]{64}\.json$/.test(third ?? "");
    const sequence = parts.length === 2 ? Number(/^(\d{4,9})\.json$/.exec(second)?.[1] ?? Number.NaN) : Number.NaN;
    if (!side && !Number.isSafeInteger(sequence)) {
      throw ledgerError("LEDGER_MALFORMED", `${path} is not where a link lies`);
    }
    const bundle = await snapshot.read(path, maxEntryBytes);
    if (bundle === undefined) throw ledgerError("LEDGER_MALFORMED", `${path} cannot be read`);
    entries.push({ release, sequence: side ? 0 : sequence, side, bundle, path });
  }
  return entries.sort((a, b) => (a.release < b.release ? -1 : a.release > b.release ? 1 : a.sequence - b.sequence));
}

/** The evidence pack of a release at one commit; each piece is checked against its digest when it is used. */
async function packAt(snapshot: Snapshot, name: string, release: string): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const contents = new Map<Digest, Uint8Array>();
  for (const path of await snapshot.list(places.packOf(name, release))) {
    const bytes = await snapshot.read(path, maxPackedBytes);
    const hex = path.slice(path.lastIndexOf("/") + 1);
    if (bytes === undefined || digestOf(bytes) !== `sha256:${hex}`) {
      throw ledgerError("LEDGER_MALFORMED", `${path} does not have the digest that its name says`);
    }
    contents.set(`sha256:${hex}`, bytes);
  }
  return contents;
}
