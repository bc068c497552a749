import { type PromotionOutcome, promoteRelease, readSituation } from "../../src/dossier/index.ts";
import { encodeStatement, type Run, readPredicate, type State, stageLevel } from "../../src/evidence/index.ts";
import type { PromotionRequest } from "../../src/lifecycle/index.ts";
import { type Descriptor, type Digest, digestOf, hexOf } from "../../src/oci/index.ts";
import { evidenceTag, parseTag, variantTag } from "../../src/release/index.ts";
import { attachStatement, signStatement } from "../../src/signing/index.ts";
import { signedFact } from "./lifecycle-facts.ts";
import type { Parties } from "./lifecycle-parties.ts";
import type { StatedFact, Wish } from "./lifecycle-rules.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import { addRelease } from "./memory-release.ts";
import { MemoryStore } from "./memory-store.ts";

const name = "retina/seg";
const variant = "jetson";

/** A release of the world: its place in the model is its place in the list. */
export interface WorldRelease {
  readonly version: string;
  readonly subject: Descriptor;
}

/** What the store and the ledger hold about one release, as the code reads it. */
export interface Sight {
  readonly state: State;
  readonly history: readonly State[];
  readonly linksInStore: number;
  readonly uncopied: number;
  readonly hints: readonly State[];
  /** Verification summaries of the last link's stage that rest on that link, by somebody in its role. */
  readonly summaries: number;
}

/** The death of a process, at a write. */
export class Crash extends Error {}

/** A store, a ledger and releases in them, on which the code that is used acts. */
export class LifecycleWorld {
  readonly #parties: Parties;
  readonly #store: MemoryStore;
  readonly #ledger: MemoryLedger;
  readonly #releases: readonly WorldRelease[];
  readonly #statements: Map<number, Digest>;

  private constructor(
    parties: Parties,
    store: MemoryStore,
    ledger: MemoryLedger,
    releases: readonly WorldRelease[],
    statements: Map<number, Digest>,
  ) {
    this.#parties = parties;
    this.#store = store;
    this.#ledger = ledger;
    this.#releases = releases;
    this.#statements = statements;
  }

  /** A world with a release for each item, which says whether it is complete. */
  static async create(parties: Parties, complete: readonly boolean[]): Promise<LifecycleWorld> {
    const store = new MemoryStore();
    const releases: WorldRelease[] = [];
    for (const [place, whole] of complete.entries()) {
      const version = `1.${place}.0`;
      const subject = await addRelease(store, { name, version, variant, complete: whole });
      releases.push({ version, subject });
    }
    return new LifecycleWorld(parties, store, new MemoryLedger(), releases, new Map());
  }

  /** Another world that begins as this one is. */
  copy(): LifecycleWorld {
    const statements = new Map(this.#statements);
    return new LifecycleWorld(this.#parties, this.#store.copy(), this.#ledger.copy(), this.#releases, statements);
  }

  release(place: number): WorldRelease {
    const release = this.#releases[place];
    if (release === undefined) throw new Error(`there is no release ${place}`);
    return release;
  }

  /** Signs a fact and attaches it. @param now in milliseconds */
  async state(place: number, { id, by, fact }: StatedFact, now: number): Promise<void> {
    const { subject, version } = this.release(place);
    const { type, predicate } = signedFact(fact, now, {
      release: (other) => ({ digest: this.release(other).subject.digest, version: this.release(other).version }),
      statement: (other) => this.#statements.get(other),
    });
    const payload = encodeStatement(subject.digest, type, predicate);
    this.#statements.set(id, digestOf(payload));
    await attachStatement(this.#store, {
      format: "bundle",
      subject,
      bundle: await signStatement(payload, this.#parties.keyOf(by)),
      predicateType: type,
      tag: evidenceTag({ version, variant, check: fact.kind, run: String(id), attempt: 1 }),
      created: new Date(now),
    });
  }

  /**
   * Promotes as the step does: reads, decides, signs, appends, completes.
   * @param crashAt number of the write that does not take place any more, from 1; undefined for none
   * @throws Crash; what the code throws
   */
  async promote(wish: Wish, run: Run, crashAt: number | undefined): Promise<PromotionOutcome> {
    const { subject } = this.release(wish.release);
    const ports = { store: this.#store, ledger: this.#ledger, inForce: this.#parties.inForce };
    const situation = await readSituation({ digest: subject.digest }, this.#store, this.#ledger, ports.inForce);
    const pointer = { environment: "live", pointer: name };
    let left = crashAt ?? Number.POSITIVE_INFINITY;
    const beforeWrite = (what: string) => {
      left -= 1;
      if (left <= 0) throw new Crash(`before ${what}`);
    };
    this.#store.beforeWrite = beforeWrite;
    this.#ledger.beforeWrite = beforeWrite;
    try {
      return await promoteRelease(
        {
          request: this.#requestOf(wish),
          signer: this.#parties.keyOf(wish.by),
          format: "bundle",
          actor: this.#parties.signerOf(wish.by),
          consumers: wish.used === undefined ? undefined : wish.used ? [{ ...pointer, subject: subject.digest }] : [],
          run,
          now: new Date(wish.now),
          message: () => ({ subject: "promote", body: "", trailers: [] }),
        },
        situation,
        ports,
      );
    } finally {
      this.#store.beforeWrite = () => {};
      this.#ledger.beforeWrite = () => {};
    }
  }

  /** Reads a release anew, and counts what a promotion leaves behind. */
  async look(place: number): Promise<Sight> {
    const { subject, version } = this.release(place);
    const { digest } = subject;
    const { chain, dossier } = await readSituation({ digest }, this.#store, this.#ledger, this.#parties.inForce);
    const head = chain.links.at(-1);
    const summaries = dossier.evidence.filter((item) => {
      const summary = readPredicate("verificationSummary", item);
      return (
        head !== undefined &&
        item.signer.roles.includes(head.promotion.role) &&
        summary?.verifiedLevels.join() === stageLevel(head.promotion.to) &&
        summary.inputAttestations?.some((input) => input.digest.sha256 === hexOf(head.statement)) === true
      );
    });
    const hints = (await this.#store.list()).flatMap(({ tag, descriptor }) => {
      const parsed = parseTag(tag ?? "");
      return parsed.kind === "state" && parsed.version === version && descriptor.digest === digest
        ? [parsed.state]
        : [];
    });
    return {
      state: chain.state,
      history: chain.links.map(({ promotion }) => promotion.to),
      linksInStore: dossier.links.store?.length ?? 0,
      uncopied: chain.uncopied.length,
      hints,
      summaries: summaries.length,
    };
  }

  /** Number of links that the ledger holds about a release. */
  async linksInLedger(place: number): Promise<number> {
    const own = variantTag(this.release(place).version, variant);
    return (await this.#ledger.entries(name)).filter(({ release }) => release === own).length;
  }

  #requestOf({ to, reason, advisory, retirement }: Wish): PromotionRequest {
    if (retirement === undefined) return { to, reason, advisory, retirement: undefined };
    const { replacement, sunset, migration } = retirement;
    const digest = this.release(replacement).subject.digest;
    return { to, reason, advisory, retirement: { replacement: digest, sunset: new Date(sunset), migration } };
  }
}
