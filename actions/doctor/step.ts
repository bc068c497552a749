import { ContentPool, writeWhole } from "../../src/content/index.ts";
import { reachOf, type StepRun } from "../../src/contract/index.ts";
import { reason } from "../../src/errors/index.ts";
import { formatReference, probeStore, type StoreLoad } from "../../src/oci/index.ts";
import { formatBytes } from "../../src/report/index.ts";
import type { contract } from "./contract.ts";
import { doctorError } from "./errors.ts";
import { countOf, findingsTable, refusalFor, type Verdict, verdictOf } from "./verdict.ts";

const titles: Readonly<Record<Verdict, (label: string) => string>> = {
  ok: (label) => `${label} is fit for releases`,
  warnings: (label) => `${label} will do, with warnings`,
  failed: (label) => `${label} will not do`,
};

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const load = inputs.model === undefined ? undefined : await loadFrom(inputs.model);
  // Probes are about the whole store, whatever the reference picks in it.
  const reference = { ...inputs.store, tag: undefined, digest: undefined };
  const label = formatReference(reference);
  await using pool = new ContentPool({ signal: host.signal });
  const { registry, findings, requests } = await probeStore(reference, {
    pool,
    signal: host.signal,
    reach: reachOf(inputs, host),
    now: () => host.now(),
    readOnly: inputs["read-only"],
    load,
  });
  const verdict = verdictOf(findings);
  if (inputs.report !== undefined) {
    const document = { store: label, registry: registry ?? null, verdict, requests, findings };
    await write(inputs.report, `${JSON.stringify(document, undefined, 2)}\n`);
  }
  const refusal = refusalFor(findings, label, inputs.strict);
  const count = (status: Parameters<typeof countOf>[1]): number => countOf(findings, status);
  return {
    outputs: {
      verdict,
      failed: count("failed"),
      warnings: count("warning"),
      unknown: count("unknown"),
      registry: registry ?? "",
    },
    summary: {
      title: titles[verdict](label),
      facts: [
        {
          label: "findings",
          value: `${count("failed")} failed, ${count("warning")} with a warning, ${count("unknown")} unknown, ${count("ok")} ok`,
        },
        ...(load === undefined
          ? []
          : [
              {
                label: "model",
                value: `${formatBytes(load.size)}, the largest file ${formatBytes(load.largest.size)}`,
              },
            ]),
        ...(requests === 0 ? [] : [{ label: "requests", value: String(requests) }]),
      ],
      tables: [findingsTable(findings)],
    },
    ...(refusal === undefined ? {} : { refusal }),
  };
};

/** What reads models is loaded by those only who name one. */
async function loadFrom(model: string): Promise<StoreLoad | undefined> {
  const { loadOf } = await import("./load.ts");
  return loadOf(model);
}

/** @throws SlipwayError FINDINGS_UNWRITABLE */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text);
  } catch (cause) {
    throw doctorError("FINDINGS_UNWRITABLE", `cannot write ${path}: ${reason(cause)}`, { cause });
  }
}
