import { type Finding, finding } from "../../finding.ts";
import type { Reach } from "../../reach.ts";
import type { RegistryReference } from "../../reference.ts";
import { findCredentials } from "../auth/index.ts";
import { connectRegistry } from "../connect-registry.ts";
import { knownRegistry, type RegistryFacts, registryThatAnswers } from "../known-registries.ts";
import { Asker } from "./asker.ts";
import { judgeCollection } from "./collection.ts";
import { judgeClock, judgeConnection, judgeKind } from "./connection.ts";
import { judgeDeletion } from "./deletion.ts";
import { type CredentialSearch, judgeCredentials, judgeToken } from "./identity.ts";
import { judgeLeavings, leavingsIn, listTagsFromProbes } from "./leavings.ts";
import { judgeLimits, type LargestFile } from "./limits.ts";
import { Observations } from "./observations.ts";
import { askReferrers, hasInterface, judgeReferrers } from "./referrers.ts";
import { judgePull, judgePush } from "./rights.ts";
import { judgeImmutability, staysWhereItIs } from "./tags.ts";
import { judgeMount, judgePieces, judgeResume, judgeWhole } from "./uploads.ts";
import { tryWriting, type Written } from "./writing.ts";

export interface RegistryProbeOptions {
  readonly signal: AbortSignal;
  readonly reach?: Reach | undefined;
  readonly now: () => Date;
  /** Leaves out what writes. */
  readonly readOnly: boolean;
  /** Compared with what the registry is known to take. */
  readonly largestFile: LargestFile | undefined;
  /** How long one answer may take, in milliseconds; 15 s when not given. */
  readonly patience?: number;
}

/** A registry that is asked for so little and takes longer is as good as gone. */
const usualPatience = 15_000;

/** What was found about a repository. */
export interface RegistryFindings {
  /** The registry's make; undefined when it is not known. */
  readonly registry: string | undefined;
  readonly findings: readonly Finding[];
  /** Requests that were sent, to the registry and its token server. */
  readonly requests: number;
}

/** What is found out by writing. */
const byWriting = ["push", "chunked upload", "resume", "single PUT", "mount", "immutable tags", "delete"];

/**
 * Asks a repository what it can do, some twenty small requests. What is written is removed again, also when the user
 * stops; nothing that a release could share is touched.
 *
 * @throws the reason of a stop that the user wanted
 */
export async function probeRegistry(
  reference: RegistryReference,
  options: RegistryProbeOptions,
): Promise<RegistryFindings> {
  const { host, path } = reference;
  const { signal, readOnly } = options;
  // Removing what was made goes on after a stop, so the client itself is never stopped.
  const unstopped = new AbortController().signal;
  let observations: Observations | undefined;
  const client = await connectRegistry(reference, {
    reach: options.reach,
    signal: unstopped,
    persistence: { retries: 1, pause: 300, longestPause: 2000 },
    through: (exchange) => (request, abort) => (observations?.watch(exchange) ?? exchange)(request, abort),
    onToken: (answer) => observations?.noteToken(answer),
  });
  const origin = client.url("/");
  observations = new Observations(origin.origin, signal, options.patience ?? usualPatience);
  const asker = new Asker(client, path, observations);

  const ping = await asker.ask({ method: "GET", to: "", actions: ["pull"] });
  const { first } = observations;
  const connection = judgeConnection(origin, ping, first);
  const credentials = await searchCredentials(reference, signal);
  if (first === undefined) {
    const known = knownRegistry(host);
    const findings = [connection, judgeCredentials(credentials, host, false), judgeLimits(known, options.largestFile)];
    return { registry: known?.name, findings, requests: observations.requests };
  }
  const known = knownRegistry(host) ?? registryThatAnswers((name) => first.headers[name]);
  const identified = credentials.kind === "found";
  const listing = await listTagsFromProbes(asker);
  const api = await askReferrers(asker);
  const referrers = hasInterface(api);
  const now = options.now();
  const left = leavingsIn(listing, now);
  const plan = { now, referrers, leftover: left?.[0] };
  const written = readOnly ? undefined : await tryWriting(asker, observations, plan);
  const findings = [
    connection,
    judgeKind(known, first),
    judgeClock(first),
    judgeCredentials(credentials, host, observations.challenged),
    judgeToken(observations.tokenLife),
    judgePull(listing, path, identified),
    ...judgeWritten(written, path, known),
    judgeReferrers({
      interface: api,
      header: written?.attached && written.attached.headers["oci-subject"] !== undefined,
      listed: written?.listed,
      immutable: written?.tag !== undefined && staysWhereItIs(written.tag),
    }),
    judgeLeavings(left),
    judgeLimits(known, options.largestFile),
    judgeCollection(known),
  ];
  return { registry: known?.name, findings, requests: observations.requests };
}

async function searchCredentials({ host, path }: RegistryReference, signal: AbortSignal): Promise<CredentialSearch> {
  try {
    // biome-ignore lint/style/noProcessEnv: credentials are where other tools find them, too.
    const { located } = await findCredentials(host, path, process.env, signal);
    return located === undefined ? { kind: "none" } : { kind: "found", located };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", error };
  }
}

function judgeWritten(
  written: Written | undefined,
  repository: string,
  known: RegistryFacts | undefined,
): readonly Finding[] {
  if (written === undefined) return byWriting.map((check) => finding(check, "skipped", "nothing was to be written"));
  const { pieces, whole, tag, deletion } = written;
  const judged = [
    judgePush(pieces.start, repository),
    ...(pieces.start.status === 202 ? [judgePieces(pieces, known), judgeResume(pieces)] : []),
    ...(whole === undefined ? [] : [judgeWhole(whole), judgeMount(whole)]),
    ...(tag === undefined ? [] : [judgeImmutability(tag, known), judgeDeletion(deletion)]),
  ];
  const byCheck = new Map(judged.map((one) => [one.check, one]));
  return byWriting.map((check) => byCheck.get(check) ?? finding(check, "skipped", "nothing could be pushed"));
}
