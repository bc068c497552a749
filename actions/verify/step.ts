import { ContentPool } from "../../src/content/index.ts";
import type { StepRun, Table } from "../../src/contract/index.ts";
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
import { readTrustedKeys, refusalOf, type SignatureVerdict, verifySignature } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const trusted = await readTrustedKeys(inputs.key, host.directory);

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal });
  await checkLayout(store);
  const { form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  await requireFiles(store, form);

  const verdict = await verifySignature(store, digest, trusted);
  const refusal = refusalOf(verdict, formatReference(inputs.subject));
  const { name, version, variant } = form;
  return {
    outputs: {
      verified: refusal === undefined,
      signer: verdict.acceptedBy?.fingerprint ?? "",
      candidates: verdict.candidates.length,
      subject: digest,
    },
    summary: {
      title: `${refusal === undefined ? "Verified" : "Refused"} ${name} ${version} ${variant}`,
      facts: [
        { label: "subject", value: digest, code: true },
        { label: "signed by", value: verdict.acceptedBy?.fingerprint ?? "nobody who is trusted here", code: true },
        { label: "content", value: `${form.files.length} files, ${formatBytes(form.size)}, all present` },
      ],
      tables: verdict.candidates.length === 0 ? [] : [candidateTable(verdict)],
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

function candidateTable({ candidates }: SignatureVerdict): Table {
  return {
    title: "Signature candidates",
    columns: [{ name: "candidate", code: true }, { name: "verdict" }, { name: "why" }],
    rows: candidates.map(({ digest, judgement }) => [
      shortDigest(digest),
      judgement.accepted ? "accepted" : "refused",
      judgement.accepted ? `signed by ${judgement.signer.fingerprint.slice(0, 16)}…` : judgement.why,
    ]),
  };
}
