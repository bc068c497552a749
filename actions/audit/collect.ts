import type { PolicyInForce } from "../../src/dossier/index.ts";
import { SlipwayError } from "../../src/errors/index.ts";
import type { Pin } from "../../src/evidence/index.ts";
import {
  chooseRollback,
  eventsAt,
  holdsAt,
  judgePeriods,
  matchEvents,
  type Period,
  type PinnedRelease,
  type Snapshot,
  timelineOf,
} from "../../src/gitops/index.ts";
import { type Environment, judgePurpose, type Pointer } from "../../src/lifecycle/index.ts";
import type { AuditedPointer } from "../../src/report/index.ts";
import { approvalsOf, evaluationOf, evidenceOf, waiversOf } from "./evidence.ts";

export interface AuditSources {
  readonly inForce: PolicyInForce;
  readonly environment: Environment;
  readonly snapshot: Snapshot;
  readonly read: (pin: Pin, pointer: Pointer) => Promise<PinnedRelease>;
  readonly now: Date;
}

const nothing: Omit<AuditedPointer, "name" | "variant" | "file" | "goBack"> = {
  problem: undefined,
  runs: undefined,
  state: undefined,
  verdict: { ok: false, findings: [] },
  since: undefined,
  approvals: [],
  evaluation: undefined,
  evidence: [],
  origin: {},
  waivers: [],
  replaced: undefined,
  history: [],
  holds: [],
};

/** All that is known about one pointer. Whatever cannot be read becomes a problem of this pointer, and of no other. */
export async function auditPointer(
  pointer: Pointer,
  sources: AuditSources,
): Promise<{ readonly audited: AuditedPointer; readonly fromGit: boolean }> {
  const { name, variant, file } = pointer;
  const goBack = { command: commandFor(pointer, sources.environment), candidates: [] };
  const empty = { ...nothing, name, variant, file, goBack };
  try {
    return await audit(pointer, sources, empty);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { audited: { ...empty, problem: `${error.code} ${error.message}` }, fromGit: false };
  }
}

async function audit(pointer: Pointer, sources: AuditSources, empty: AuditedPointer) {
  const { snapshot, environment, inForce, now, read } = sources;
  const { policy, trust } = inForce;
  const timeline = timelineOf(await snapshot.history(pointer.file), pointer);
  const { events, refused } = await eventsAt(snapshot, environment, pointer, trust);
  const holds = await holdsAt(snapshot, environment.name, pointer.name, pointer.variant);
  const current = timeline[0];
  const pin = current?.pin;
  const moves = matchEvents(timeline, events);
  const verdict = { ok: refused.length === 0, findings: refused.map(eventFinding) };
  const known = { ...empty, verdict, history: historyOf(timeline, moves), holds: holds.map(heldOf) };
  if (current === undefined || pin === undefined) {
    const problem = current?.unreadable ?? `${pointer.file} names no release`;
    return { audited: { ...known, problem }, fromGit: false };
  }
  const moved = { ...known, runs: pin, since: sinceOf(current, moves), replaced: replacedOf(timeline) };
  let release: PinnedRelease;
  try {
    release = await read(pin, pointer);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { audited: { ...moved, problem: `${error.code} ${error.message}` }, fromGit: false };
  }
  const { dossier, chain, siblings, source } = release;
  const context = { dossier, chain, siblings, policy, environment, held: holds, consumers: undefined, now };
  const { refusal } = judgePurpose("serve", context);
  const { findings } = judgePurpose("audit", context);
  const reading = (one: Pin) => read(one, pointer);
  const { judged } = await judgePeriods(timeline.slice(1), { read: reading, environment, policy, held: holds, now });
  const { candidates } = chooseRollback({ timeline, events, holds, judged, to: undefined, now, window: 0 });
  const audited: AuditedPointer = {
    ...moved,
    state: chain.state,
    verdict: {
      ok: verdict.ok && refusal === undefined && findings.every(({ ok }) => ok),
      findings: [...findings, ...verdict.findings],
    },
    approvals: approvalsOf(chain, dossier, trust),
    evaluation: evaluationOf(chain, dossier),
    evidence: evidenceOf(dossier),
    origin: { ...dossier.lineage, owner: dossier.owner },
    waivers: waiversOf(chain, dossier, trust, now),
    goBack: {
      command: commandFor(pointer, environment),
      candidates: candidates.map((one) => ({
        version: one.pin.version,
        subject: one.pin.subject,
        accepted: one.accepted,
        why: one.why,
      })),
    },
  };
  return { audited, fromGit: source === "Git" };
}

function eventFinding(problem: string) {
  return { rule: "events", ok: false, finding: `not believed: ${problem}` };
}

type Moves = ReturnType<typeof matchEvents>;

function sinceOf({ commit, since, author }: Period, moves: Moves): AuditedPointer["since"] {
  const signed = moves.get(commit);
  const at = { at: since.toISOString(), commit, author };
  if (signed === undefined) return { ...at, action: "unrecorded", reason: undefined, by: undefined, run: undefined };
  const { event, signer } = signed;
  const by = { role: event.role, key: signer.name, fingerprint: signer.fingerprint };
  return { ...at, action: event.action, reason: event.reason, by, run: event.run };
}

function historyOf(timeline: readonly Period[], moves: Moves): AuditedPointer["history"] {
  return timeline.map((period) => {
    const signed = moves.get(period.commit);
    return {
      at: period.since.toISOString(),
      commit: period.commit,
      version: period.pin?.version ?? (period.unreadable === undefined ? "nothing" : "unreadable"),
      action: period.pin === undefined ? "edit" : (signed?.event.action ?? "unrecorded"),
      by: signed === undefined ? period.author : `${signed.event.role}/${signed.signer.name}`,
      reason: signed?.event.reason ?? period.subject,
    };
  });
}

function replacedOf(timeline: readonly Period[]): AuditedPointer["replaced"] {
  const [current, before] = timeline;
  if (current === undefined || before?.pin === undefined) return undefined;
  const { version, subject } = before.pin;
  return { version, subject, from: before.since.toISOString(), until: current.since.toISOString() };
}

function heldOf(hold: { subject: string; version: string; since: string; reason: string }) {
  const { subject, version, since, reason } = hold;
  return { subject, version, since, reason };
}

function commandFor({ name, variant }: Pointer, environment: Environment): string {
  const several = environment.pointers.filter((other) => other.name === name).length > 1;
  const which = several ? ` --variant ${variant}` : "";
  return `slipway rollback ${name} --environment ${environment.name}${which} --key <key> --reason "<why>"`;
}
