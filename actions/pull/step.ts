import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { ContentPool } from "../../src/content/index.ts";
import { reachOf, type StepCleanup, type StepRun } from "../../src/contract/index.ts";
import {
  addCompanion,
  fetchRelease,
  holdsRelease,
  isStagingOfPull,
  stateOfTarget,
  targetOccupied,
  unpack,
} from "../../src/formats/index.ts";
import { checkLayout, formatReference, openStore, requireDigest } from "../../src/oci/index.ts";
import { formatBytes, formatPace } from "../../src/report/index.ts";
import { openTrust, refusalOf, showSignatory, verifySignature } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { fetchModelSignature, modelSignatureIn } from "./model-signature.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const started = host.now().getTime();
  const digest = requireDigest(inputs.subject);
  const trust = await openTrust(inputs, host.directory);

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  const { form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  const label = formatReference(inputs.subject);
  if (trust !== undefined) {
    await checkLayout(store);
    const verdict = await verifySignature(store, digest, trust);
    const refusal = refusalOf(verdict, label);
    if (refusal !== undefined) throw refusal;
    if (verdict.acceptedBy !== undefined) host.info(`signed by ${showSignatory(verdict.acceptedBy)}`);
  }

  const signature = inputs.oms
    ? await fetchModelSignature(store, form, { subject: digest, trust, label, host })
    : undefined;

  const progress = host.progress(`pulling ${form.name} ${form.version} ${form.variant}`, form.size);
  const onBytes = (bytes: number): void => progress.advance(bytes);
  const onStaging = (path: string): void => host.saveState("staging", path);
  let wasThere = false;
  try {
    if ((await stateOfTarget(inputs.target)) === "occupied") {
      const beside = await modelSignatureIn(inputs.target, form, trust);
      wasThere = await holdsRelease(form, inputs.target, pool, onBytes, beside);
      if (!wasThere) throw targetOccupied(inputs.target);
      if (signature !== undefined && beside === undefined) await addCompanion(inputs.target, signature, onStaging);
    } else {
      await unpack(form, { store, pool, target: inputs.target, companion: signature, onBytes, onStaging });
    }
  } finally {
    progress.end();
  }

  const elapsed = host.now().getTime() - started;
  return {
    outputs: { target: inputs.target, files: form.files.length, size: form.size, subject: digest },
    summary: {
      title: `${wasThere ? "Already there, and right:" : "Pulled"} ${form.name} ${form.version} ${form.variant}`,
      facts: [
        { label: "subject", value: digest, code: true },
        { label: "target", value: inputs.target, code: true },
        { label: "size", value: `${form.files.length} files, ${formatBytes(form.size)}` },
        ...(signature === undefined
          ? []
          : [{ label: "OMS signature", value: join(inputs.target, signature.name), code: true }]),
        { label: "time", value: formatPace(form.size, elapsed) },
      ],
    },
  };
};

/** Removes what a pull that was killed has left, so that a cancelled job gives its disk back at once. */
export const cleanup: StepCleanup = async (state, host) => {
  const staging = state["staging"];
  // The state comes from a file of the runner; only a directory that a pull made is ever removed.
  if (staging === undefined || !isStagingOfPull(basename(staging))) return;
  await rm(staging, { recursive: true, force: true });
  host.debug(`removed ${staging}`);
};
