import { ContentPool, writeWhole } from "../../src/content/index.ts";
import { reachOf, type StepRun } from "../../src/contract/index.ts";
import { readPolicy } from "../../src/dossier/index.ts";
import { reason } from "../../src/errors/index.ts";
import { type FormC, fetchRelease } from "../../src/formats/index.ts";
import {
  checkLayout,
  formatReference,
  ociError,
  openStore,
  type ReadableStore,
  requireDigest,
} from "../../src/oci/index.ts";
import { formatBytes } from "../../src/report/index.ts";
import { refusalOf, showSignatory, verifySignature } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { verifyError } from "./errors.ts";
import { verifyPurpose } from "./purpose.ts";
import { reportOf, type Verified } from "./report.ts";
import { signSummary, summaryOrder } from "./summary-statement.ts";
import { tablesOf } from "./tables.ts";
import { believedBy } from "./trust.ts";

/** The page of the design's section 6 that this is: what is checked, in which order, before anything is believed. */
export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const inForce = inputs.policy === undefined ? undefined : await readPolicy(inputs.policy);
  const believed = await believedBy(inputs, inForce, host.directory);
  const order = summaryOrder(inputs, inForce);

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  await checkLayout(store);
  const { form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  await requireFiles(store, form);

  const verdict = await verifySignature(store, digest, believed.signers, believed.maySign);
  const judged =
    inForce === undefined || inputs.policy === undefined || inputs.for === undefined
      ? undefined
      : await verifyPurpose(inputs.for, inForce, store, digest, { ...inputs, policy: inputs.policy }, host);
  // To report on a release that nobody signed is what an audit is for.
  const unsigned = inputs.for === "audit" ? undefined : refusalOf(verdict, formatReference(inputs.subject));
  const refusal = unsigned ?? judged?.refusal;
  const verified: Verified = {
    at: host.now(),
    digest,
    reference: formatReference(inputs.subject),
    form,
    verdict,
    refusal,
    purpose: inputs.for,
    environment: inputs.environment,
    judged,
    inForce,
    knownAs: believed.knownAs,
  };
  if (inputs.report !== undefined) await write(inputs.report, `${JSON.stringify(reportOf(verified), undefined, 2)}\n`);
  if (order !== undefined) await write(order.path, await signSummary(order, verified, host));

  const { name, version, variant } = form;
  const { acceptedBy } = verdict;
  return {
    outputs: {
      verified: refusal === undefined,
      signer: acceptedBy?.fingerprint ?? "",
      state: judged?.state ?? "",
      candidates: verdict.candidates.length,
      subject: digest,
    },
    summary: {
      title: `${refusal === undefined ? "Verified" : "Refused"} ${name} ${version} ${variant}${inputs.for === undefined ? "" : ` for ${inputs.for}`}`,
      facts: [
        { label: "subject", value: digest, code: true },
        {
          label: "signed by",
          value: acceptedBy === undefined ? "nobody who is trusted here" : showSignatory(acceptedBy),
          code: true,
        },
        ...(judged === undefined ? [] : [{ label: "state", value: judged.state }]),
        { label: "content", value: `${form.files.length} files, ${formatBytes(form.size)}, all present` },
        ...(inputs.report === undefined ? [] : [{ label: "report", value: inputs.report, code: true }]),
        ...(order === undefined ? [] : [{ label: "verification summary", value: order.path, code: true }]),
      ],
      tables: tablesOf(verdict, judged, inputs.explain),
    },
    ...(refusal === undefined ? {} : { refusal }),
  };
};

async function requireFiles(store: ReadableStore, form: FormC): Promise<void> {
  for (const { path, blob } of form.files) {
    if (await store.exists(blob.digest, blob.size)) continue;
    throw ociError("STORE_CORRUPT", `${store.label} lacks ${blob.digest} (${path}), or has it in another size`);
  }
}

/** @throws SlipwayError VERDICT_UNWRITABLE */
async function write(path: string, content: string): Promise<void> {
  try {
    await writeWhole(path, content);
  } catch (cause) {
    throw verifyError("VERDICT_UNWRITABLE", `cannot write ${path}: ${reason(cause)}`, { cause });
  }
}
