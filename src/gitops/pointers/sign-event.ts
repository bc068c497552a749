import { encodeStatement, type PointerEvent, predicateProblem, predicateType } from "../../evidence/index.ts";
import { type Digest, digestOf } from "../../oci/index.ts";
import { type StatementSigner, signStatement } from "../../signing/index.ts";
import { gitopsError } from "../errors.ts";
import { places } from "../places.ts";

/** A signed event, and where it lies. */
export interface EventFile {
  readonly statement: Digest;
  readonly path: string;
  readonly bundle: Uint8Array;
}

/**
 * Signs a move of a pointer. What nobody could read afterwards is not signed.
 * @throws SlipwayError EVENT_INVALID
 */
export async function signEvent(event: PointerEvent, signer: StatementSigner): Promise<EventFile> {
  const problem = predicateProblem(predicateType.pointerEvent, event);
  if (problem !== undefined) throw gitopsError("EVENT_INVALID", `the event of the move is malformed: ${problem}`);
  const { environment, name, variant, movedOn, to } = event;
  const payload = encodeStatement(to.subject, predicateType.pointerEvent, event);
  const statement = digestOf(payload);
  const path = places.event(environment, name, variant, new Date(movedOn), statement);
  return { statement, path, bundle: await signStatement(payload, signer) };
}
