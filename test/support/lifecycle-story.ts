import { expect } from "vitest";
import { SlipwayError } from "../../src/errors/index.ts";
import { type Action, factsOf, hour, wishOf } from "./lifecycle-actions.ts";
import { makeParties } from "./lifecycle-parties.ts";
import { allowed, championFor, lifeOf, type Person, type ReleaseLife, type Wish } from "./lifecycle-rules.ts";
import { Crash, LifecycleWorld } from "./lifecycle-world.ts";

const start = Date.parse("2026-06-01T00:00:00Z");
const waivableUntil = start + 30 * 24 * hour;
const minute = 60_000;

/** What must be there after a promotion; what a crash left open is not known. */
interface Completion {
  settled: boolean;
  summarised: boolean;
  /** Who made the last link. */
  by: Person | undefined;
}

/** What the model knows. */
interface Known {
  readonly lives: ReleaseLife[];
  readonly completions: Completion[];
  /** In milliseconds. */
  now: number;
  /** Names facts and CI runs. */
  number: number;
}

/** The rules and the real thing side by side: each action happens to both, and then they must be equal. */
export class Story {
  readonly #world: LifecycleWorld;
  readonly #known: Known;
  readonly #happened: (what: string) => void;
  /** Releases about which something was stated that nobody has read yet. */
  readonly #unread = new Set<number>();

  private constructor(world: LifecycleWorld, known: Known, happened: (what: string) => void) {
    this.#world = world;
    this.#known = known;
    this.#happened = happened;
  }

  /**
   * @param releases whether each of them is complete
   * @param happened is told each answer, and each gate that stood in the way
   */
  static async begin(releases: readonly boolean[], happened: (what: string) => void): Promise<Story> {
    const lives = releases.map(
      (complete): ReleaseLife => ({
        complete,
        state: "experimental",
        history: [],
        inProductionSince: 0,
        sunset: undefined,
        facts: [],
      }),
    );
    const completions = releases.map(() => ({ settled: true, summarised: false, by: undefined }));
    const world = await LifecycleWorld.create(makeParties(waivableUntil), releases);
    return new Story(world, { lives, completions, now: start, number: 0 }, happened);
  }

  /** Another story that goes on from here. */
  fork(): Story {
    return new Story(this.#world.copy(), structuredClone(this.#known), this.#happened);
  }

  async tell(action: Action): Promise<void> {
    if (action.kind === "wait") this.#known.now += action.hours * hour;
    else if (action.kind === "promote") await this.#promote(action);
    else await this.#state(action);
  }

  /** Facts alone change nothing: what was stated last is read, too. */
  async end(): Promise<void> {
    for (const place of this.#unread) await this.#compare(place);
  }

  async #state(action: Extract<Action, { readonly kind: "state" | "prepare" }>): Promise<void> {
    const known = this.#known;
    for (const stated of factsOf(action, known.lives, { now: known.now, waivableUntil })) {
      known.now += minute;
      known.number += 1;
      const fact = { id: known.number, ...stated };
      await this.#world.state(action.release, fact, known.now);
      const life = lifeOf(known.lives, action.release);
      life.facts = [...life.facts, fact];
    }
    this.#unread.add(action.release);
  }

  async #promote(action: Extract<Action, { readonly kind: "promote" }>): Promise<void> {
    const { release, without, crashes, again } = action;
    if (without !== undefined) await this.#state({ kind: "prepare", release, without });
    const known = this.#known;
    known.now += minute;
    known.number += 1;
    const wish = wishOf(action, known.lives, known.now);
    const attempts = [...crashes, ...(again || crashes.length === 0 ? [undefined] : [])];
    for (const [index, crashAt] of attempts.entries()) {
      const ended = await this.#attempt({ ...wish, now: known.now }, index + 1, crashAt);
      await this.#compare(release);
      known.now += minute;
      if (ended) break;
    }
  }

  /** True when the attempt was not cut off. */
  async #attempt(wish: Wish, attempt: number, crashAt: number | undefined): Promise<boolean> {
    const { lives } = this.#known;
    const expected = allowed(lives, wish, waivableUntil);
    const champion = championFor(lives, wish.release);
    const completion = this.#completionOf(wish.release);
    const found = await this.#found(wish, attempt, crashAt);
    if (found === "crashed") {
      this.#happened("crashed");
      expect(["promoted", "present"]).toContain(expected.says);
      // The link is in the ledger first, or nothing is anywhere.
      if (expected.says === "promoted" && crashAt !== 1) this.#move(wish);
      completion.settled = false;
      return false;
    }
    const { link, ...answer } = found;
    expect(answer).toEqual(expected);
    this.#happened(`${expected.says} ${wish.to}`);
    for (const gate of expected.lacks) this.#happened(`lacks ${gate}`);
    if (expected.lacks.length === 1) this.#happened(`${expected.says} lacks only ${expected.lacks[0]}`);
    if (expected.says === "present") {
      if (!completion.settled) this.#happened("completed");
      if (completion.by === wish.by) completion.summarised = true;
      completion.settled = true;
    }
    if (expected.says === "promoted") {
      expect(link).toEqual({
        role: wish.by,
        champion: champion === undefined ? undefined : this.#world.release(champion).version,
        waived: wish.to === "staging" ? ["scan"] : [],
      });
      this.#move(wish);
      Object.assign(completion, { settled: true, summarised: true });
    }
    return true;
  }

  async #found(wish: Wish, attempt: number, crashAt: number | undefined) {
    try {
      const outcome = await this.#world.promote(wish, { id: String(this.#known.number), attempt }, crashAt);
      const { gates } = outcome.decision;
      const unmet = gates.filter((gate) => gate.outcome === "missing" || gate.outcome === "failed");
      const lacks = unmet.map(({ gate }) => gate).toSorted();
      if (outcome.kind === "refused") return { says: outcome.refusal.code, lacks, link: undefined };
      const { role, champion, waivers } = outcome.link.promotion;
      const link = { role, champion: champion?.version, waived: waivers.map(({ gate }) => gate) };
      return { says: outcome.kind, lacks, link };
    } catch (error) {
      if (error instanceof Crash) return "crashed";
      if (error instanceof SlipwayError) return { says: error.code, lacks: [], link: undefined };
      throw error;
    }
  }

  #move({ release, to, now, by, retirement }: Wish): void {
    const life = lifeOf(this.#known.lives, release);
    life.state = to;
    life.history = [...life.history, to];
    if (to === "production") life.inProductionSince = now;
    if (to === "retired") life.sunset = retirement?.sunset;
    Object.assign(this.#completionOf(release), { summarised: false, by });
  }

  async #compare(place: number): Promise<void> {
    const { state, history } = lifeOf(this.#known.lives, place);
    const { settled, summarised } = this.#completionOf(place);
    const sight = await this.#world.look(place);
    expect(sight).toMatchObject({ state, history });
    expect(sight.linksInStore + sight.uncopied).toBe(history.length);
    expect(sight.summaries).toBeLessThanOrEqual(1);
    if (settled) expect(sight).toMatchObject({ uncopied: 0, hints: history.slice(-1) });
    if (summarised) expect(sight.summaries).toBe(1);
    // No other release has moved.
    for (const [other, life] of this.#known.lives.entries()) {
      expect(await this.#world.linksInLedger(other)).toBe(life.history.length);
    }
    this.#unread.delete(place);
  }

  #completionOf(release: number): Completion {
    const found = this.#known.completions[release];
    if (found === undefined) throw new Error(`there is no release ${release}`);
    return found;
  }
}
