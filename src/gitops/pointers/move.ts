import type { Pin } from "../../evidence/index.ts";
import type { Pointer } from "../../lifecycle/index.ts";
import { gitopsError } from "../errors.ts";
import type { CommitMessage, Repository, Snapshot } from "../git/index.ts";
import { readPin, samePin, writePin } from "./pin.ts";

/** A move of a pointer, as it is worked out for one state of the branch. */
export interface PlannedMove {
  /** Files that go into the same commit: the event, a hold. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly message: CommitMessage;
}

/** Reads what a pointer names. @throws SlipwayError POINTER_FILE_MISSING, POINTER_* */
export async function pinAt(
  snapshot: Snapshot,
  pointer: Pointer,
): Promise<{ bytes: Uint8Array; pin: Pin | undefined }> {
  const bytes = await snapshot.read(pointer.file);
  if (bytes === undefined) throw gitopsError("POINTER_FILE_MISSING", `there is no ${pointer.file} in the repository`);
  return { bytes, pin: readPin(bytes, pointer) };
}

/**
 * Moves a pointer by compare-and-set on what it names: other changes of the branch are kept, another move of this
 * pointer stops. A pointer that names the target already is left alone.
 *
 * @param expected what the pointer named when the move was decided
 * @param plan called for each state of the branch that the move is tried on; refuses by throwing
 * @throws SlipwayError POINTER_MOVED, POINTER_FILE_MISSING, PUSH_*; what `plan` throws
 */
export async function movePointer(
  repository: Repository,
  pointer: Pointer,
  { expected, to }: { readonly expected: Pin | undefined; readonly to: Pin },
  plan: (snapshot: Snapshot, from: Pin | undefined) => Promise<PlannedMove>,
): Promise<{ readonly commit: string | undefined; readonly attempts: number }> {
  const { commit, attempts } = await repository.publish(async (snapshot) => {
    const { bytes, pin } = await pinAt(snapshot, pointer);
    if (samePin(pin, to)) return { kind: "nothing", value: undefined };
    if (!samePin(pin, expected)) {
      throw gitopsError(
        "POINTER_MOVED",
        `${pointer.file} names ${pin?.version ?? "nothing"} now; ${expected?.version ?? "nothing"} was expected`,
      );
    }
    const { files, message } = await plan(snapshot, pin);
    const changed = new Map([[pointer.file, writePin(bytes, pointer, to)], ...files]);
    return { kind: "change", change: { files: changed, message }, value: undefined };
  });
  return { commit, attempts };
}
