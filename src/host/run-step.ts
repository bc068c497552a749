import type { Host, HostName, Progress, RunIdentity, StepContract, Summary } from "../contract/index.ts";
import { exitStatus, reason } from "../errors/index.ts";
import { printable } from "../report/index.ts";
import { type Environment, sourceDateEpoch } from "./environment.ts";
import { hostError } from "./errors.ts";
import { type Failure, failureOf } from "./failure.ts";
import { type Interruption, watchInterruptions } from "./interruption.ts";
import { createMasks, type Masks } from "./masks.ts";
import type { OutputText } from "./output-texts.ts";
import type { InputTexts, StepEntry } from "./step-entry.ts";

/** Where the run takes place, as its host's environment says. */
interface Place {
  readonly run: RunIdentity;
  readonly identityProvider?: Host["identityProvider"];
  /** Absolute. */
  readonly directory: string;
  /** Where `env://NAME` secrets may be read from. */
  readonly secrets: Environment;
}

/** What a run came to. */
export interface Ending {
  /** Undefined when none could be chosen. */
  readonly step: string | undefined;
  /** Empty when they could not be written. */
  readonly outputs: readonly OutputText[];
  readonly summary: Summary | undefined;
  readonly failure: Failure | undefined;
}

/**
 * What each kind of host does in its own way. The order of events, the masking and the meaning of failures are
 * `runStep`'s: every text that arrives here may be shown as it is.
 */
export interface HostAdapter {
  readonly name: HostName;
  readonly env: Environment;
  /** First of all, before anything can fail. */
  prepare?(contract: StepContract): void;
  /** @throws SlipwayError ENVIRONMENT_INVALID */
  place(): Place;
  /** @throws SlipwayError INPUT_INVALID, INPUT_UNKNOWN */
  inputs(contract: StepContract, directory: string): InputTexts;
  info(text: string): void;
  warn(text: string, title?: string): void;
  debug(text: string): void;
  openGroup(title: string): void;
  closeGroup(): void;
  progress(title: string, total: number | undefined): Progress;
  /** Told every spelling of a secret, for hosts that hide secrets themselves too. */
  mask?(secret: string): void;
  /** Where the host runs clean-ups in another process; without it the clean-up follows the step at once. */
  keepState?(name: string, value: string): void;
  /** @throws SlipwayError OUTPUT_TOO_LARGE, ENVIRONMENT_INVALID */
  writeOutputs(contract: StepContract, outputs: readonly OutputText[]): void;
  conclude(ending: Ending): Promise<void> | void;
}

/**
 * Runs one step on a host: inputs, run, outputs, clean-up, summary; the same on every host.
 *
 * @returns the process's exit status: 0, or that of the failure's family
 */
export async function runStep(entry: StepEntry, adapter: HostAdapter): Promise<number> {
  const { contract } = entry;
  const masks = createMasks();
  const state = new Map<string, string>();
  using interruption = watchInterruptions((line) => adapter.warn(shown(line, masks)));
  let outputs: readonly OutputText[] = [];
  let summary: Summary | undefined;
  let failure: Failure | undefined;
  let host: Host | undefined;

  const say = (text: string) => masks.hide(text.replaceAll("slipway <step>", `slipway ${contract.name}`));
  const asFailure = (thrown: unknown) => failureOf(thrown, interruption.signal.reason, say);
  try {
    adapter.prepare?.(contract);
    requireHost(contract, adapter.name);
    const place = adapter.place();
    host = hostOf(adapter, place, masks, interruption, state);
    const texts = adapter.inputs(contract, place.directory);
    const context = { directory: place.directory, env: place.secrets };
    const outcome = await Promise.race([entry.invoke(texts, context, host), interruption.crash]);
    summary = maskedSummary(outcome.summary, masks);
    requirePublic(outcome.outputs, masks);
    adapter.writeOutputs(contract, outcome.outputs);
    outputs = outcome.outputs;
    if (outcome.refusal !== undefined) failure = asFailure(outcome.refusal);
  } catch (thrown) {
    failure = asFailure(thrown);
  }
  if (host !== undefined) await cleanUp(entry, Object.fromEntries(state), host, adapter, masks);
  try {
    await adapter.conclude({ step: contract.name, outputs, summary, failure });
  } catch (thrown) {
    failure ??= asFailure(thrown);
    adapter.warn(shown(`the result could not be shown: ${reason(thrown)}`, masks));
  }
  return failure === undefined ? 0 : exitStatus[failure.family];
}

/** Runs a step's clean-up in a process of its own. Whatever fails in it is only a warning. */
export async function runCleanup(
  entry: StepEntry,
  state: Readonly<Record<string, string>>,
  adapter: HostAdapter,
): Promise<void> {
  const masks = createMasks();
  using interruption = watchInterruptions((line) => adapter.warn(shown(line, masks)));
  try {
    const host = hostOf(adapter, adapter.place(), masks, interruption, new Map());
    await Promise.race([cleanUp(entry, state, host, adapter, masks), interruption.crash]);
  } catch (thrown) {
    warnOf(thrown, adapter, masks);
  }
}

async function cleanUp(
  entry: StepEntry,
  state: Readonly<Record<string, string>>,
  host: Host,
  adapter: HostAdapter,
  masks: Masks,
): Promise<void> {
  // A run that kept nothing left nothing.
  if (!entry.contract.cleanup || Object.keys(state).length === 0) return;
  try {
    await entry.cleanUp(state, host);
  } catch (thrown) {
    warnOf(thrown, adapter, masks);
  }
}

function warnOf(thrown: unknown, adapter: HostAdapter, masks: Masks): void {
  const { code, message, remedy } = failureOf(thrown, undefined, masks.hide);
  adapter.warn(`the clean-up failed: ${code} ${message}\n→ ${remedy}`, code);
}

function hostOf(
  adapter: HostAdapter,
  place: Place,
  masks: Masks,
  interruption: Interruption,
  state: Map<string, string>,
): Host {
  return {
    name: adapter.name,
    run: place.run,
    identityProvider: place.identityProvider,
    directory: place.directory,
    sourceDateEpoch: sourceDateEpoch(adapter.env),
    signal: interruption.signal,
    now: () => new Date(),
    info: (line) => adapter.info(shown(line, masks)),
    warn: (line) => adapter.warn(shown(line, masks)),
    debug: (line) => adapter.debug(shown(line, masks)),
    async group(title, work) {
      adapter.openGroup(shown(title, masks));
      try {
        return await work();
      } finally {
        adapter.closeGroup();
      }
    },
    progress: (title, total) => adapter.progress(shown(title, masks), total),
    mask(secret) {
      for (const spelling of masks.add(secret)) adapter.mask?.(spelling);
    },
    saveState(name, value) {
      if (adapter.keepState === undefined) state.set(name, value);
      else adapter.keepState(name, value);
    },
  };
}

// Control characters first: an escape sequence inside a secret would keep it from being recognised.
function shown(text: string, masks: Masks): string {
  return masks.hide(printable(text));
}

function maskedSummary(summary: Summary, { hide }: Masks): Summary {
  return {
    title: hide(summary.title),
    facts: summary.facts.map((fact) => ({ ...fact, label: hide(fact.label), value: hide(fact.value) })),
    tables: (summary.tables ?? []).map((table) => ({
      ...table,
      title: hide(table.title),
      columns: table.columns.map((column) => ({ ...column, name: hide(column.name) })),
      rows: table.rows.map((row) => row.map(hide)),
    })),
  };
}

// Hiding a part of a digest would hand on a wrong one; no output at all is the safe answer.
function requirePublic(outputs: readonly OutputText[], masks: Masks): void {
  const secret = outputs.find((output) => masks.holds(output.text));
  if (secret !== undefined) throw hostError("OUTPUT_SECRET", `the output "${secret.name}" contains a secret`);
}

const hostNames: Readonly<Record<HostName, string>> = {
  github: "GitHub Actions",
  tekton: "Tekton",
  cli: "the command line",
};

function requireHost(contract: StepContract, name: HostName): void {
  if (contract.hosts.includes(name)) return;
  throw hostError("STEP_UNKNOWN", `the step "${contract.name}" does not run on ${hostNames[name]}`, {
    remedy: `Run it on ${contract.hosts.map((host) => hostNames[host]).join(" or ")}.`,
  });
}
