import { ContentPool } from "../../src/content/index.ts";
import { reachOf, type StepRun } from "../../src/contract/index.ts";
import { readPolicy, readSituation } from "../../src/dossier/index.ts";
import { type Pin, statedRun } from "../../src/evidence/index.ts";
import {
  environmentIn,
  holdsAt,
  movePointer,
  moverRole,
  pinAt,
  pointerIn,
  Repositories,
  type Snapshot,
  samePin,
  signEvent,
} from "../../src/gitops/index.ts";
import { judgePurpose } from "../../src/lifecycle/index.ts";
import { formatReference, openStore, requireDigest } from "../../src/oci/index.ts";
import { variantTag } from "../../src/release/index.ts";
import { openSigner } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { updatePointerError } from "./errors.ts";
import { deployMessage, describePin } from "./event.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const inForce = await readPolicy(inputs.policy);
  const { policy, trust } = inForce;
  const environment = environmentIn(policy, inputs.environment);
  const signer = await openSigner(inputs, host);
  const actor = trust.signerOf(signer.signatory);
  const now = host.now();
  const role = moverRole(actor, environment, now);

  await using pool = new ContentPool({ signal: host.signal });
  await using repositories = Repositories.of(inputs.policy, host, { token: inputs["git-token"], author: actor?.name });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  const ledger = await repositories.ledger(policy);
  const repository = await repositories.open(environment.remote);
  const read = () => readSituation({ tag: inputs.subject.tag, digest }, store, ledger, inForce);
  const { dossier } = await read();
  const { name, version, variant } = dossier;
  const pointer = pointerIn(environment, name, variant);
  const to: Pin = {
    version,
    subject: digest,
    digest,
    uri: formatReference({ ...inputs.subject, tag: variantTag(version, variant), digest }),
  };
  /** @throws SlipwayError for a release that may not be deployed here, now */
  const judge = async (branch: Snapshot) => {
    const { dossier: latest, chain, siblings } = await read();
    const held = await holdsAt(branch, environment.name, name, variant);
    const context = { dossier: latest, chain, policy, environment, held, siblings, consumers: undefined, now };
    const { refusal } = judgePurpose("deploy", context);
    if (refusal !== undefined) throw refusal;
    return chain;
  };
  const snapshot = await repository.snapshot();
  const before = await pinAt(snapshot, pointer);
  // Also when the pointer names it already: nobody is told that all is well with what was revoked since.
  await judge(snapshot);
  if (!samePin(before.pin, to)) requireExpected(inputs.expected, before.pin, pointer.file);

  const { commit, attempts } = await movePointer(
    repository,
    pointer,
    { expected: before.pin, to },
    async (latest, from) => {
      // Judged anew for each state of the branch: a hold or a revocation may have come meanwhile.
      const chain = await judge(latest);
      if (chain.head === undefined || actor === undefined) {
        throw updatePointerError("POINTER_UNAUTHORISED", `${name} ${version} was never promoted`);
      }
      const event = {
        action: "update" as const,
        environment: environment.name,
        name,
        variant,
        from: from ?? null,
        to,
        link: chain.head,
        reason: inputs.reason,
        role,
        movedOn: now.toISOString(),
        run: statedRun(host.run),
      };
      const { statement, path, bundle } = await signEvent(event, signer);
      const message = deployMessage(event, { actor, chain, statement });
      return { files: new Map([[path, bundle]]), message };
    },
  );
  const changed = commit !== undefined;
  return {
    outputs: {
      changed,
      commit: commit ?? "",
      version,
      subject: digest,
      "previous-version": before.pin?.version ?? "",
      "previous-subject": before.pin?.subject ?? "",
      attempts,
    },
    summary: {
      title: changed
        ? `${environment.name} now names ${name} ${version} (${variant})`
        : `${environment.name} names ${name} ${version} (${variant}) already`,
      facts: [
        { label: "was", value: describePin(before.pin) },
        { label: "is", value: describePin(to) },
        { label: "file", value: pointer.file, code: true },
        ...(changed ? [{ label: "commit", value: commit, code: true }] : []),
        { label: "by", value: `${role}/${actor?.name ?? ""}` },
        { label: "why", value: inputs.reason },
      ],
    },
  };
};

/** @throws SlipwayError POINTER_UNEXPECTED */
function requireExpected(expected: string | undefined, pin: Pin | undefined, file: string): void {
  if (expected === undefined) return;
  const fits = expected === "none" ? pin === undefined : expected === pin?.version || expected === pin?.subject;
  if (!fits) {
    throw updatePointerError("POINTER_UNEXPECTED", `${file} names ${pin?.version ?? "nothing"}, not ${expected}`);
  }
}
