import { chainError, type Ledger, type LedgerAddition, type LedgerEntry } from "../../src/lifecycle/index.ts";
import type { Digest } from "../../src/oci/index.ts";

/** A ledger in memory, with the compare-and-set of the one in Git. */
export class MemoryLedger implements Ledger {
  readonly label = "memory";
  readonly #entries = new Map<string, LedgerEntry & { readonly name: string }>();
  readonly #packs = new Map<string, Map<Digest, Uint8Array>>();
  /** Called before a link is written; throws to be a crash at that place. */
  beforeWrite: (what: string) => void = () => {};

  async entries(name: string): Promise<readonly LedgerEntry[]> {
    return [...this.#entries.values()]
      .filter((entry) => entry.name === name)
      .toSorted((a, b) => (a.release < b.release ? -1 : a.release > b.release ? 1 : a.sequence - b.sequence));
  }

  async pack(name: string, release: string): Promise<ReadonlyMap<Digest, Uint8Array>> {
    return this.#packs.get(`${name}/${release}`) ?? new Map();
  }

  async append({ name, release, sequence, bundle, pack }: LedgerAddition): Promise<string> {
    const path = `${name}/${release}/${sequence}`;
    const holds = this.#entries.get(path);
    if (holds !== undefined && Buffer.compare(holds.bundle, bundle) !== 0) {
      throw chainError("STATE_MOVED", `${path} is taken`);
    }
    this.beforeWrite("append");
    this.#entries.set(path, { name, release, sequence, side: false, bundle, path });
    this.#packs.set(`${name}/${release}`, new Map([...(await this.pack(name, release)), ...pack]));
    return "commit";
  }

  /** Another ledger that holds what this one does now. */
  copy(): MemoryLedger {
    const copy = new MemoryLedger();
    for (const [path, entry] of this.#entries) copy.#entries.set(path, entry);
    for (const [release, pack] of this.#packs) copy.#packs.set(release, pack);
    return copy;
  }
}
