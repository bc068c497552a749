import type { Trust } from "../dossier/index.ts";
import { isAbout, type PointerEvent, readPredicate } from "../evidence/index.ts";
import {
  type Environment,
  keyTimeProblem,
  type ProvenTime,
  provenTimeProblem,
  type Signer,
} from "../lifecycle/index.ts";
import type { Digest } from "../oci/index.ts";
import { judgeBundle } from "../signing/index.ts";
import type { Snapshot } from "./git/index.ts";
import { places } from "./places.ts";

/** A move of a pointer whose signature by a key of the policy holds. */
export interface SignedEvent {
  readonly statement: Digest;
  readonly event: PointerEvent;
  readonly signer: Signer;
  /** When it was signed at the latest; left out when nobody vouches for that. */
  readonly proven?: ProvenTime;
  readonly path: string;
}

/**
 * The events of a pointer, oldest first. What is not one, not at its own place, or not signed by a key of the policy in
 * a role that it has and that moves pointers of the environment, is reported and not believed.
 */
export async function eventsAt(
  snapshot: Snapshot,
  { name: environment, movers }: Pick<Environment, "name" | "movers">,
  { name, variant }: { readonly name: string; readonly variant: string },
  trust: Trust,
): Promise<{ readonly events: readonly SignedEvent[]; readonly refused: readonly string[] }> {
  const events: SignedEvent[] = [];
  const refused: string[] = [];
  for (const [path, bytes] of await snapshot.readAll(places.eventsOf(environment, name, variant))) {
    const judgement = judgeBundle(bytes, undefined, trust.signers);
    if (!judgement.accepted) {
      refused.push(`${path}: ${judgement.why}`);
      continue;
    }
    const signer = trust.signerOf(judgement.signatory);
    const event = readPredicate("pointerEvent", judgement.statement);
    const own = event?.environment === environment && event.name === name && event.variant === variant;
    if (signer === undefined || event === undefined || !own || !isAbout(judgement.statement, event.to.subject)) {
      refused.push(`${path}: it is no event of this pointer`);
      continue;
    }
    const { digest: statement, time } = judgement;
    const signed: SignedEvent = { statement, event, signer, path, ...(time && { proven: time }) };
    const problem = moverProblem(signed, movers, trust);
    if (problem !== undefined) {
      refused.push(`${path}: ${problem}`);
    } else if (path !== places.event(environment, name, variant, new Date(event.movedOn), statement)) {
      // A copy of an event would vouch for a second move, which nobody signed.
      refused.push(`${path}: it does not lie where this event does`);
    } else {
      events.push(signed);
    }
  }
  events.sort((a, b) => Date.parse(a.event.movedOn) - Date.parse(b.event.movedOn));
  return { events, refused };
}

function moverProblem(
  signed: SignedEvent,
  movers: Environment["movers"],
  { times }: Pick<Trust, "times">,
): string | undefined {
  const { signer, event } = signed;
  const { role, movedOn } = event;
  if (!signer.roles.includes(role)) return `the key "${signer.name}" does not have the role ${role}`;
  if (!movers.includes(role)) return `${role} is not a role that moves these pointers`;
  const problem = keyTimeProblem(signer, new Date(movedOn));
  if (problem !== undefined) return `it was made on ${movedOn}, and the key "${signer.name}" ${problem}`;
  return provenTimeProblem(times, signed, new Date(movedOn));
}
