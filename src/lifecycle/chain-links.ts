import type { State } from "../evidence/index.ts";
import type { Digest } from "../oci/index.ts";
import { authorityProblem } from "./authority.ts";
import type { Link } from "./dossier.ts";
import { chainError } from "./errors.ts";
import { branchTo, joinProblem } from "./join.ts";
import type { Policy } from "./policy.ts";
import { type ReleaseIdentity, showRelease } from "./release.ts";
import { transitionProblem } from "./transition.ts";

export interface OrderedLinks {
  readonly main: readonly Link[];
  /** Beside the order; each must be joined by a link in it. */
  readonly side: readonly Link[];
}

/**
 * Judges links in the order they are said to have: each has its place, follows the one before it, starts from the
 * state that was reached, and was made by somebody who may.
 *
 * @throws SlipwayError CHAIN_GAP, CHAIN_FORKED, CHAIN_INVALID, CHAIN_UNAUTHORISED
 */
export function judgeOrder({ main, side }: OrderedLinks, release: ReleaseIdentity, policy: Policy): void {
  const judge = new OrderJudge({ main, side }, release, policy);
  for (const [index, link] of main.entries()) judge.next(link, index + 1);
  const loose = side.find(({ statement }) => !judge.joined.has(statement));
  if (loose === undefined) return;
  throw chainError(
    "CHAIN_FORKED",
    `link ${loose.promotion.sequence} ${loose.statement} of ${showRelease(release)} lies beside the order, and no link joins it`,
  );
}

class OrderJudge {
  readonly joined = new Set<Digest>();
  readonly #main: readonly Link[];
  readonly #side: ReadonlyMap<Digest, Link>;
  readonly #before = new Map<Digest, Link>();
  readonly #release: ReleaseIdentity;
  readonly #policy: Policy;
  #state: State = "experimental";
  #previous: Link | undefined;

  constructor({ main, side }: OrderedLinks, release: ReleaseIdentity, policy: Policy) {
    this.#main = main;
    this.#side = new Map(side.map((link) => [link.statement, link]));
    this.#release = release;
    this.#policy = policy;
  }

  next(link: Link, place: number): void {
    this.#requirePlace(link, place);
    const { promotion } = link;
    const second = this.#secondParent(link);
    if (promotion.from !== this.#state) {
      throw this.#refusal("CHAIN_INVALID", link, `starts from ${promotion.from}, and the release was ${this.#state}`);
    }
    const problem =
      second === undefined ? transitionProblem(promotion.from, promotion.to) : this.#joinProblem(link, second);
    if (problem !== undefined) throw this.#refusal("CHAIN_INVALID", link, `is not allowed: ${problem}`);
    const unauthorised = authorityProblem(link, this.#policy);
    if (unauthorised !== undefined) {
      throw this.#refusal("CHAIN_UNAUTHORISED", link, `is not authorised: ${unauthorised}`);
    }
    this.#before.set(link.statement, link);
    this.#state = promotion.to;
    this.#previous = link;
  }

  #requirePlace(link: Link, place: number): void {
    const { sequence } = link.promotion;
    if (this.#before.has(link.statement)) throw this.#refusal("CHAIN_INVALID", link, "stands there a second time");
    if (sequence === place) return;
    const twin = this.#main.find((other) => other !== link && other.promotion.sequence === sequence);
    if (twin !== undefined && twin.statement !== link.statement) {
      throw this.#refusal("CHAIN_FORKED", link, `has the sequence number of ${twin.statement}`);
    }
    if (!this.#main.some((other) => other.promotion.sequence === place)) {
      throw this.#refusal("CHAIN_GAP", link, `stands where link ${place} belongs, which is not there`);
    }
    throw this.#refusal("CHAIN_INVALID", link, `stands at place ${place}; the links were reordered`);
  }

  /** The link beside the order that this one joins, if it is one that joins. */
  #secondParent(link: Link): Link | undefined {
    const [first, second] = link.promotion.previous;
    if (this.#previous === undefined) {
      if (first === undefined) return undefined;
      const adopted = this.#side.get(first);
      // A ledger that begins after a chain did in the store has nothing of its own to go on from.
      if (adopted !== undefined && second === undefined) return adopted;
      throw this.#refusal("CHAIN_GAP", link, `is the first and follows ${first}, which is not there`);
    }
    if (first !== this.#previous.statement) this.#refuseParent(link, first);
    if (second === undefined) return undefined;
    const joined = this.#side.get(second);
    if (joined !== undefined) return joined;
    if (this.#before.has(second))
      throw this.#refusal("CHAIN_INVALID", link, `joins ${second}, which it follows anyway`);
    throw this.#refusal("CHAIN_GAP", link, `joins ${second}, which is not there`);
  }

  #refuseParent(link: Link, first: Digest | undefined): never {
    if (first === undefined) throw this.#refusal("CHAIN_FORKED", link, "follows no link, as if it were the first");
    if (this.#before.has(first)) throw this.#refusal("CHAIN_FORKED", link, `follows ${first}, as another link does`);
    if (this.#side.has(first))
      throw this.#refusal("CHAIN_INVALID", link, `follows ${first}, which is beside the order`);
    throw this.#refusal("CHAIN_GAP", link, `follows ${first}, which is not there`);
  }

  #joinProblem(link: Link, second: Link): string | undefined {
    const { branch, missing } = branchTo(second, this.#side, this.#before);
    if (missing !== undefined) {
      throw this.#refusal("CHAIN_GAP", link, `joins links of which one follows ${missing}, which is not there`);
    }
    for (const { statement } of branch) this.joined.add(statement);
    return joinProblem({ state: this.#state, second, branch }, link.promotion.to, this.#policy);
  }

  #refusal(code: "CHAIN_GAP" | "CHAIN_FORKED" | "CHAIN_INVALID" | "CHAIN_UNAUTHORISED", link: Link, what: string) {
    const { promotion, statement } = link;
    return chainError(code, `link ${promotion.sequence} ${statement} of ${showRelease(this.#release)} ${what}`);
  }
}
