import { ContentPool } from "../../src/content/index.ts";
import { type Host, reachOf, type StepRun, type Table } from "../../src/contract/index.ts";
import { readPolicy } from "../../src/dossier/index.ts";
import { type Pin, type PointerEvent, statedRun } from "../../src/evidence/index.ts";
import {
  chooseRollback,
  encodeHold,
  environmentIn,
  eventsAt,
  holdsAt,
  judgePeriods,
  movePointer,
  moverRole,
  places,
  pointerIn,
  Repositories,
  type RollbackCandidate,
  readPinned,
  signEvent,
  timelineOf,
} from "../../src/gitops/index.ts";
import { openStore, parseReference, shortDigest } from "../../src/oci/index.ts";
import { canSign, openSigner } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { rollbackError } from "./errors.ts";
import { rollbackMessage } from "./message.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const inForce = await readPolicy(inputs.policy);
  const { policy, trust } = inForce;
  const environment = environmentIn(policy, inputs.environment);
  const pointer = pointerIn(environment, inputs.model, inputs.variant);
  const { name, variant } = pointer;
  const signer = canSign(inputs) ? await openSigner(inputs, host) : undefined;
  const now = host.now();
  if (signer === undefined && !inputs["dry-run"]) throw rollbackError("ROLLBACK_KEY_NEEDED", "no key was given");
  const actor = signer === undefined ? undefined : trust.signerOf(signer.signatory);
  const role = signer === undefined ? "" : moverRole(actor, environment, now);

  const reach = reachOf(inputs, host);
  await using pool = new ContentPool({ signal: host.signal });
  await using repositories = Repositories.of(inputs.policy, host, { token: inputs["git-token"], author: actor?.name });
  const repository = await repositories.open(environment.remote);
  const ledger = await repositories.ledger(policy);
  const snapshot = await repository.snapshot();
  const timeline = timelineOf(await snapshot.history(pointer.file), pointer);
  const current = timeline[0]?.pin;
  if (current === undefined) {
    throw rollbackError("ROLLBACK_NOTHING_RUNS", timeline[0]?.unreadable ?? `${pointer.file} names no release`);
  }
  const { events, refused } = await eventsAt(snapshot, environment, pointer, trust);
  for (const problem of refused) host.warn(`an event is not believed: ${problem}`);
  const held = await holdsAt(snapshot, environment.name, name, variant);
  const read = (pin: Pin) =>
    readPinned(pin, pointer, {
      openStore: () => openStore(parseReference(pin.uri, host.directory), { pool, signal: host.signal, reach }),
      ledger,
      inForce,
    });
  const { judged, releases } = await judgePeriods(timeline.slice(1), {
    read,
    environment,
    policy,
    held,
    now,
    first: inputs.to,
  });
  const fromGit = [...releases.values()].some(({ source }) => source === "Git");

  const last = events.at(-1);
  const done =
    last !== undefined && isOurs(last.event, host, inputs.reason) && last.event.to.subject === current.subject;
  const choice = done
    ? { candidates: [], chosen: undefined, refusal: undefined }
    : chooseRollback({ timeline, events, holds: held, judged, to: inputs.to, now, window: policy.rollbackWindow });
  const { candidates, chosen, refusal } = choice;
  const target = done ? current : chosen?.pin;
  const left = done ? last.event.from : current;
  const describe = (title: string, commit: string | undefined) => ({
    outputs: {
      changed: commit !== undefined,
      commit: commit ?? "",
      "from-version": left?.version ?? "",
      "to-version": target?.version ?? "",
      subject: target?.subject ?? "",
      held: done ? (last.event.holds ?? "") : commit !== undefined && inputs.hold ? current.subject : "",
      source: fromGit ? "Git" : "registry",
    },
    summary: {
      title,
      facts: [
        { label: "environment", value: environment.name },
        { label: "ran", value: `${left?.version ?? "nothing"} (${shortDigest(left?.subject ?? current.subject)})` },
        { label: "why", value: inputs.reason },
        {
          label: "evidence from",
          value: fromGit ? "the evidence pack in Git; the store is out of reach" : "the store",
        },
        ...(commit === undefined ? [] : [{ label: "commit", value: commit, code: true }]),
      ],
      tables: candidates.length === 0 ? [] : [candidateTable(candidates)],
    },
  });
  const model = `${name} (${variant}) in ${environment.name}`;
  if (refusal !== undefined)
    return { ...describe(`Refused: ${model} stays at ${current.version}`, undefined), refusal };
  if (done || target === undefined)
    return describe(`${model} was rolled back to ${current.version} already`, undefined);
  if (inputs["dry-run"] || signer === undefined || actor === undefined) {
    return describe(`Dry run: ${model} would go from ${current.version} back to ${target.version}`, undefined);
  }

  const release = releases.get(target.subject);
  const { commit } = await movePointer(repository, pointer, { expected: current, to: target }, async (latest) => {
    // A hold on the target that came meanwhile counts.
    const holds = await holdsAt(latest, environment.name, name, variant);
    const again = chooseRollback({ timeline, events, holds, judged, to: target.version, now, window: 0 });
    if (again.refusal !== undefined) throw again.refusal;
    if (release?.chain.head === undefined) throw rollbackError("ROLLBACK_NOTHING_RUNS", "the target has no promotion");
    const event: PointerEvent = {
      action: "rollback",
      environment: environment.name,
      name,
      variant,
      from: current,
      to: target,
      link: release.chain.head,
      ...(inputs.hold ? { holds: current.subject } : {}),
      reason: inputs.reason,
      role,
      movedOn: now.toISOString(),
      run: statedRun(host.run),
    };
    const { statement, path, bundle } = await signEvent(event, signer);
    const files = new Map([[path, bundle]]);
    if (inputs.hold) {
      const { subject, version } = current;
      const since = now.toISOString();
      const by = `${role}/${actor.name}`;
      const { reason } = inputs;
      files.set(
        places.hold(environment.name, name, variant, subject),
        encodeHold({
          schema: "urn:slipway:hold:v1",
          environment: environment.name,
          name,
          variant,
          subject,
          version,
          reason,
          since,
          by,
          event: statement,
        }),
      );
    }
    return { files, message: rollbackMessage(event, { actor, chain: release.chain, statement }) };
  });
  return describe(`Rolled back ${model} from ${current.version} to ${target.version}`, commit);
};

/** True for an event of this very run, which was killed after it had pushed. */
function isOurs({ action, run, reason }: PointerEvent, { run: own }: Host, why: string): boolean {
  return action === "rollback" && run.id === own.id && reason === why;
}

function candidateTable(candidates: readonly RollbackCandidate[]): Table {
  return {
    title: "Candidates, newest first",
    columns: [
      { name: "version" },
      { name: "subject", code: true },
      { name: "since" },
      { name: "verdict" },
      { name: "why" },
    ],
    rows: candidates.map(({ pin, since, accepted, why }) => [
      pin.version,
      shortDigest(pin.subject),
      since.toISOString().slice(0, 16).replace("T", " "),
      accepted ? "✓ accepted" : "✗ skipped",
      why,
    ]),
  };
}
