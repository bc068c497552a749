import { writeWhole } from "../../src/content/index.ts";
import type { Fact, StepRun } from "../../src/contract/index.ts";
import { reason } from "../../src/errors/index.ts";
import type { StoreLoad } from "../../src/oci/index.ts";
import { formatBytes } from "../../src/report/index.ts";
import { showSignatory } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { doctorError } from "./errors.ts";
import { isTrustGiven } from "./inputs.ts";
import { probeGivenStore } from "./store.ts";
import { countOf, findingsTable, refusalFor, type Verdict, verdictOf } from "./verdict.ts";

const titles: Readonly<Record<Verdict, (label: string) => string>> = {
  ok: (label) => `${label} is fit for releases`,
  warnings: (label) => `${label} will do, with warnings`,
  failed: (label) => `${label} will not do`,
};

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const trusting = isTrustGiven(inputs);
  if (inputs.store === undefined && !trusting) {
    throw doctorError("NOTHING_TO_PROBE", "neither a store was given nor anything that signs or is trusted");
  }
  const load = inputs.model === undefined ? undefined : await loadFrom(inputs.model);
  const store = inputs.store && (await probeGivenStore(inputs.store, inputs, load, host));
  const trust = trusting ? await trustFrom(inputs, host) : undefined;

  const found = { store: store?.findings ?? [], trust: trust?.findings ?? [] };
  const findings = [...found.store, ...found.trust];
  const label = [store?.label, trust && "the trust set-up"].filter((part) => part !== undefined).join(" with ");
  const verdict = verdictOf(findings);
  const requests = (store?.requests ?? 0) + (trust?.requests ?? 0);
  if (inputs.report !== undefined) {
    const document = {
      store: store?.label ?? null,
      registry: store?.registry ?? null,
      signer: trust?.signer?.fingerprint ?? null,
      verdict,
      requests,
      findings,
    };
    await write(inputs.report, `${JSON.stringify(document, undefined, 2)}\n`);
  }
  const refusal = refusalFor(found, label, inputs.strict);
  const count = (status: Parameters<typeof countOf>[1]): number => countOf(findings, status);
  return {
    outputs: {
      verdict,
      failed: count("failed"),
      warnings: count("warning"),
      unknown: count("unknown"),
      registry: store?.registry ?? "",
    },
    summary: {
      title: titles[verdict](label),
      facts: [
        {
          label: "findings",
          value: `${count("failed")} failed, ${count("warning")} with a warning, ${count("unknown")} unknown, ${count("ok")} ok`,
        },
        ...loadFacts(load),
        ...(trust?.signer === undefined ? [] : [{ label: "signer", value: showSignatory(trust.signer), code: true }]),
        ...(requests === 0 ? [] : [{ label: "requests", value: String(requests) }]),
      ],
      tables: [
        ...(store === undefined ? [] : [findingsTable(store.findings)]),
        ...(trust === undefined ? [] : [findingsTable(trust.findings, "Signing and trust")]),
      ],
    },
    ...(refusal === undefined ? {} : { refusal }),
  };
};

function loadFacts(load: StoreLoad | undefined): readonly Fact[] {
  if (load === undefined) return [];
  return [{ label: "model", value: `${formatBytes(load.size)}, the largest file ${formatBytes(load.largest.size)}` }];
}

/** What reads models is loaded by those only who name one. */
async function loadFrom(model: string): Promise<StoreLoad | undefined> {
  const { loadOf } = await import("./load.ts");
  return loadOf(model);
}

/** What verifies signatures is loaded by those only who give something that signs or is trusted. */
async function trustFrom(...given: Parameters<typeof import("./trust.ts").probeTrust>) {
  const { probeTrust } = await import("./trust.ts");
  return probeTrust(...given);
}

/** @throws SlipwayError FINDINGS_UNWRITABLE */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text);
  } catch (cause) {
    throw doctorError("FINDINGS_UNWRITABLE", `cannot write ${path}: ${reason(cause)}`, { cause });
  }
}
