// GitOps repositories: the pointers in them, moved byte-exactly and by compare-and-set; the ledger, evidence packs,
// events and holds beside them (DESIGN 5.5, 5.6). `git/` knows git, `pointer/` knows YAML, both nothing of models.
// May import `src/errors`, `src/process`, `src/contract`, `src/oci`, `src/release`, `src/evidence`, `src/signing`,
// `src/lifecycle`, `src/dossier`.

export { eventsAt } from "./events.ts";
export type { CommitMessage, Snapshot } from "./git/index.ts";
export { encodeHold, holdsAt } from "./holds.ts";
export { GitLedger } from "./ledger/git-ledger.ts";
export { places } from "./places.ts";
export { chooseRollback, type RollbackCandidate } from "./pointers/choose-rollback.ts";
export { readConsumers } from "./pointers/consumers.ts";
export { declaredEnvironment, environmentIn, moverRole, pointerIn } from "./pointers/declared.ts";
export { approverOf, eventTrailers } from "./pointers/event-trailers.ts";
export { judgePeriods } from "./pointers/judge-periods.ts";
export { matchEvents } from "./pointers/match-events.ts";
export { movePointer, pinAt } from "./pointers/move.ts";
export { samePin } from "./pointers/pin.ts";
export { type PinnedRelease, readPinned } from "./pointers/read-pinned.ts";
export { signEvent } from "./pointers/sign-event.ts";
export { type Period, timelineOf } from "./pointers/timeline.ts";
export { Repositories } from "./repositories.ts";
