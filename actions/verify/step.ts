import { ContentPool } from "../../src/content/index.ts";
import { type InputValues, reachOf, type StepRun, type Table } from "../../src/contract/index.ts";
import { type PolicyInForce, readPolicy, signersOfReleases } from "../../src/dossier/index.ts";
import { type FormC, fetchRelease } from "../../src/formats/index.ts";
import {
  checkLayout,
  formatReference,
  ociError,
  openStore,
  type ReadableStore,
  requireDigest,
  shortDigest,
} from "../../src/oci/index.ts";
import { formatBytes } from "../../src/report/index.ts";
import {
  openTrust,
  refusalOf,
  type SignatureVerdict,
  type SignerTrust,
  showSignatory,
  verifySignature,
} from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { verifyError } from "./errors.ts";
import { type PurposeVerdict, purposeTable, verifyPurpose } from "./purpose.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const inForce = inputs.policy === undefined ? undefined : await readPolicy(inputs.policy);
  const trust = await trustIn(inputs, inForce, host.directory);

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  await checkLayout(store);
  const { form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  await requireFiles(store, form);

  const verdict = await verifySignature(store, digest, trust);
  const purpose =
    inForce === undefined || inputs.policy === undefined || inputs.for === undefined
      ? undefined
      : await verifyPurpose(inputs.for, inForce, store, digest, { ...inputs, policy: inputs.policy }, host);
  // To report on a release that nobody signed is what an audit is for.
  const unsigned = inputs.for === "audit" ? undefined : refusalOf(verdict, formatReference(inputs.subject));
  const refusal = unsigned ?? purpose?.refusal;
  const { name, version, variant } = form;
  return {
    outputs: {
      verified: refusal === undefined,
      signer: verdict.acceptedBy?.fingerprint ?? "",
      state: purpose?.state ?? "",
      candidates: verdict.candidates.length,
      subject: digest,
    },
    summary: {
      title: `${refusal === undefined ? "Verified" : "Refused"} ${name} ${version} ${variant}${inputs.for === undefined ? "" : ` for ${inputs.for}`}`,
      facts: [
        { label: "subject", value: digest, code: true },
        {
          label: "signed by",
          value: verdict.acceptedBy === undefined ? "nobody who is trusted here" : showSignatory(verdict.acceptedBy),
          code: true,
        },
        ...(purpose === undefined ? [] : [{ label: "state", value: purpose.state }]),
        { label: "content", value: `${form.files.length} files, ${formatBytes(form.size)}, all present` },
      ],
      tables: tablesOf(verdict, purpose),
    },
    ...(refusal === undefined ? {} : { refusal }),
  };
};

/** @throws SlipwayError TRUST_NOT_GIVEN; what reading keys and trusted roots throws */
async function trustIn(
  inputs: InputValues<typeof contract.inputs>,
  inForce: PolicyInForce | undefined,
  directory: string,
): Promise<SignerTrust> {
  if (inputs.for !== undefined && inForce === undefined) {
    throw verifyError("TRUST_NOT_GIVEN", `to verify for ${inputs.for} a policy is needed`);
  }
  const named = await openTrust(inputs, directory);
  if (named !== undefined) return named;
  if (inForce === undefined) throw verifyError("TRUST_NOT_GIVEN", "neither a key nor a policy was given");
  return signersOfReleases(inForce);
}

async function requireFiles(store: ReadableStore, form: FormC): Promise<void> {
  for (const { path, blob } of form.files) {
    if (await store.exists(blob.digest, blob.size)) continue;
    throw ociError("STORE_CORRUPT", `${store.label} lacks ${blob.digest} (${path}), or has it in another size`);
  }
}

function tablesOf(verdict: SignatureVerdict, purpose: PurposeVerdict | undefined): Table[] {
  const candidates = verdict.candidates.length === 0 ? [] : [candidateTable(verdict)];
  if (purpose === undefined) return candidates;
  // Whose signature counts is one of the rules; the other evidence is no failed signature.
  return verdict.acceptedBy === undefined ? [purposeTable(purpose), ...candidates] : [purposeTable(purpose)];
}

function candidateTable({ candidates }: SignatureVerdict): Table {
  return {
    title: "Signature candidates",
    columns: [{ name: "candidate", code: true }, { name: "verdict" }, { name: "why" }],
    rows: candidates.map(({ holder, judgement }) => [
      shortDigest(holder),
      judgement.accepted ? "accepted" : "refused",
      judgement.accepted ? `signed by ${showSignatory(judgement.signatory)}` : judgement.why,
    ]),
  };
}
