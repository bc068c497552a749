import { type Finding, finding } from "../../finding.ts";
import type { RegistryFacts } from "../known-registries.ts";
import { type Asked, outcomeOf, succeeded } from "./asked.ts";
import type { AskedWithLocation, Asker } from "./asker.ts";
import type { ProbeBytes } from "./probe-content.ts";

/** More is not sent for a try. */
const largestTry = 64 * 1024;
/** A registry may copy what it got before it answers. */
const type = { "content-type": "application/octet-stream" };
const rights = ["pull", "push"] as const;

/** How an upload in pieces went; what was not asked any more is undefined. */
export interface PiecesSeen {
  readonly start: Asked;
  /** Smallest piece that the registry wants, in bytes. */
  readonly least: number | undefined;
  readonly first: Asked | undefined;
  /** Bytes of the first piece. */
  readonly sent: number;
  /** Where the upload stands after the first piece. */
  readonly standing: Asked | undefined;
  readonly commit: Asked | undefined;
  /** Bytes that the registry has afterwards. */
  readonly stored: number | undefined;
  readonly size: number;
}

/** How an upload in one piece went. */
export interface WholeSeen {
  /** Answer to mounting a blob of the repository itself; undefined when there was none to mount. */
  readonly mount: Asked | undefined;
  readonly put: Asked;
}

/** Uploads some bytes in two pieces, and asks in between how far it came (distribution-spec 1.1, "Pushing a blob in chunks"). */
export async function tryPieces(asker: Asker, { bytes, digest }: ProbeBytes): Promise<PiecesSeen> {
  const start = await begin(asker, "blobs/uploads/");
  const least = numberIn(start.headers["oci-chunk-min-length"]);
  const half = bytes.subarray(0, bytes.length / 2);
  const seen = { start, least, sent: half.length, size: bytes.length };
  const nothing = { first: undefined, standing: undefined, commit: undefined, stored: undefined };
  if (start.status !== 202 || start.location === undefined) return { ...seen, ...nothing };
  if (least !== undefined && least > largestTry) {
    await cancel(asker, start.location);
    return { ...seen, ...nothing };
  }
  const range = { "content-range": `0-${half.length - 1}` };
  const patch = { method: "PATCH", to: start.location, actions: rights, once: true } as const;
  const first = await asker.ask({ ...patch, headers: { ...type, ...range }, body: half });
  if (!isAccepted(first)) {
    await cancel(asker, start.location);
    return { ...seen, ...nothing, first };
  }
  const standing = await asker.ask({ method: "GET", to: first.location ?? start.location, actions: rights });
  const from = standingAt(standing) ?? half.length;
  const to = new URL(standing.location ?? first.location ?? start.location);
  to.searchParams.append("digest", digest);
  const rest = bytes.subarray(from);
  const headers = { ...type, "content-range": `${from}-${bytes.length - 1}` };
  const commit = await asker.ask({ method: "PUT", to, actions: rights, once: true, headers, body: rest });
  const there = succeeded(commit)
    ? await asker.ask({ method: "HEAD", to: `blobs/${digest}`, actions: ["pull"] })
    : undefined;
  const stored = there?.status === 200 ? numberIn(there.headers["content-length"]) : undefined;
  return { ...seen, first, standing, commit, stored };
}

/**
 * Uploads some bytes with one PUT; before that, asks for a mount from the repository itself (distribution-spec 1.1,
 * "Mounting a blob from another repository").
 *
 * @param mountable a blob that is there
 */
export async function tryWhole(asker: Asker, whole: ProbeBytes, mountable: ProbeBytes | undefined): Promise<WholeSeen> {
  const query = mountable && `?mount=${mountable.digest}&from=${encodeURIComponent(asker.repository)}`;
  const mount = query === undefined ? undefined : await begin(asker, `blobs/uploads/${query}`);
  // An answer of 202 is the start of an upload like any other.
  const start = mount?.status === 202 && mount.location !== undefined ? mount : await begin(asker, "blobs/uploads/");
  if (start.status !== 202 || start.location === undefined) return { mount, put: start };
  const to = new URL(start.location);
  to.searchParams.append("digest", whole.digest);
  const put = await asker.ask({ method: "PUT", to, actions: rights, once: true, headers: type, body: whole.bytes });
  return { mount, put };
}

function begin(asker: Asker, to: string): Promise<AskedWithLocation> {
  return asker.ask({ method: "POST", to, actions: rights, once: true, headers: { "content-length": "0" } });
}

/** Later than specification 1.1; who does not know it forgets the upload some day by itself. */
async function cancel(asker: Asker, location: URL): Promise<void> {
  await asker.ask({ method: "DELETE", to: location, actions: rights, once: true });
}

/** Some registries say "no content" where "accepted" is meant. */
function isAccepted(first: Asked): boolean {
  return first.status === 202 || first.status === 204;
}

/** First byte that is still missing, as the registry says; undefined when it does not. */
function standingAt({ status, headers }: Asked): number | undefined {
  const end = /^(?:bytes=)?0-(\d{1,15})$/.exec(headers["range"] ?? "")?.[1];
  return (status === 204 || status === 202 || status === 200) && end !== undefined ? Number(end) + 1 : undefined;
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Whether content may come in several requests. */
export function judgePieces(seen: PiecesSeen, known: RegistryFacts | undefined): Finding {
  const check = "chunked upload";
  const { least, first, commit, stored, size } = seen;
  if (first === undefined) {
    if (least === undefined) return finding(check, "skipped", "no upload could be started");
    return finding(check, "unknown", `pieces must have ${least} bytes or more, which is too much for a try`);
  }
  if (!isAccepted(first)) {
    const created = first.status === 201 ? " where 202 is meant" : "";
    return finding(check, "warning", `a piece (PATCH) ${outcomeOf(first)}${created}`, onePut);
  }
  if (commit === undefined || !succeeded(commit)) {
    return finding(
      check,
      "warning",
      `a piece was taken, and the end ${commit ? outcomeOf(commit) : "was not sent"}`,
      onePut,
    );
  }
  if (stored !== undefined && stored !== size) {
    return finding(check, "warning", `it took ${size} bytes in two pieces and has ${stored} of them`, onePut);
  }
  const smallest = least === undefined ? "" : `, each of ${least} bytes or more`;
  if (known?.chunks === false) {
    return finding(check, "warning", `pieces were taken here; ${known.name} is known to lose or refuse them`, onePut);
  }
  return finding(check, "ok", `content may come in pieces${smallest}`);
}

const onePut = "Tools that send pieces fail here; Slipway sends each blob in one PUT: have other tools do the same.";

/** Whether an upload that was cut can go on where it was. */
export function judgeResume({ first, standing, sent }: PiecesSeen): Finding {
  const check = "resume";
  if (first === undefined || !isAccepted(first) || standing === undefined) {
    return finding(check, "skipped", "without pieces there is nothing to go on from");
  }
  const at = standingAt(standing);
  if (at === sent) return finding(check, "ok", `after a piece of ${sent} bytes it says to go on at ${at}`);
  const said = at === undefined ? outcomeOf(standing) : `was answered with ${at} of ${sent} bytes`;
  return finding(
    check,
    "warning",
    `asking how far an upload came ${said}`,
    "An upload that breaks starts again from zero: keep files small, or the line good.",
  );
}

/** Whether content may come in one request, as Slipway sends it. */
export function judgeWhole({ put }: WholeSeen): Finding {
  if (put.status === 201 || put.status === 204) return finding("single PUT", "ok", "a blob may come in one PUT");
  const seen = `a blob in one PUT ${outcomeOf(put)}`;
  if (put.status === undefined) return finding("single PUT", "unknown", seen, put.remedy);
  return finding(
    "single PUT",
    "failed",
    seen,
    "No file can be pushed: do what the registry's words say, or look for a proxy that refuses PUT.",
  );
}

/** Whether a blob can be taken over from another repository without sending it. */
export function judgeMount({ mount }: WholeSeen): Finding {
  if (mount === undefined) return finding("mount", "skipped", "there was no blob to mount");
  if (mount.status === 201) return finding("mount", "ok", "blobs can be taken over from a repository of the registry");
  if (mount.status === 202) {
    const advice = "Only time is lost: copying a release between repositories of this registry sends every byte again.";
    return finding("mount", "warning", "a mount is answered with an upload", advice);
  }
  return finding("mount", "unknown", `a mount ${outcomeOf(mount)}`, mount.remedy);
}
