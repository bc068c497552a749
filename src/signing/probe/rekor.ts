import * as z from "zod";
import { type Finding, finding } from "../../oci/index.ts";
import { keylessError } from "../keyless/errors.ts";
import { below, jsonOf, type SigningService } from "../keyless/index.ts";
import { type Checkpoint, isSignedBy, parseCheckpoint } from "./checkpoint.ts";
import { failed, type Heard, hear } from "./heard.ts";
import { standing } from "./period.ts";
import type { PlacedRoot } from "./trusted-root.ts";

const maxAnswerBytes = 64 * 1024;
const headSchema = z.object({ signedTreeHead: z.string().min(1) });
const healthSchema = z.object({ status: z.literal("SERVING") });

/** What a log says of itself; without a checkpoint it only says that it is there. */
export interface LogSeen {
  readonly checkpoint: Checkpoint | undefined;
}

/**
 * Asks a log for its head and records nothing: Rekor 1 with `GET /api/v1/log`, Rekor 2 with `GET /api/v2/checkpoint`, and where
 * the server leaves that to whoever serves its tiles (rekor-server-posix answers 501), with `GET /healthz`.
 */
export async function tryRekor(
  { url, version }: { readonly url: URL; readonly version: 1 | 2 },
  service: SigningService,
  signal: AbortSignal,
): Promise<Heard<LogSeen>> {
  const get = async (path: string, accept: string) => {
    const answer = await service.get(below(url, path), { to: "rekor", accept }, maxAnswerBytes);
    if (answer.status === 200) return answer;
    throw keylessError("REKOR_REFUSED", `${url.host} answered with ${answer.status} to ${path}`);
  };
  const head = await hear(signal, async () => {
    if (version === 2) return (await get("/api/v2/checkpoint", "text/plain")).body.toString("utf8");
    return jsonOf(await get("/api/v1/log", "application/json"), headSchema, url).signedTreeHead;
  });
  if ("said" in head) {
    const checkpoint = parseCheckpoint(head.said);
    if (checkpoint !== undefined) return { said: { checkpoint } };
    return { failure: keylessError("SERVICE_CONFUSED", `${url.host} sent something else than the head of a log`) };
  }
  // Only a server of this version knows the question at all.
  if (version === 1 || head.failure.code !== "REKOR_UNREACHABLE") return head;
  const health = await hear(signal, async () => jsonOf(await get("/healthz", "application/json"), healthSchema, url));
  return "said" in health ? { said: { checkpoint: undefined } } : head;
}

/** Whether the log answers. */
export function judgeRekor({ host }: URL, version: 1 | 2, heard: Heard<LogSeen>): Finding {
  if ("failure" in heard) return failed("rekor", heard.failure, "No signature can be recorded");
  const { checkpoint } = heard.said;
  const size = checkpoint === undefined ? "" : `, with ${checkpoint.size} entries`;
  return finding("rekor", "ok", `${host} answers as version ${version}${size}; nothing was recorded`);
}

/** Whether a trusted root knows the log that answers. */
export function judgeLog({ host }: URL, { checkpoint }: LogSeen, { root, place }: PlacedRoot, now: Date): Finding {
  const check = `rekor in ${place}`;
  // Without logs in the root, entries are not looked at.
  if (root.tlogs.length === 0) return finding(check, "skipped", "no log is trusted there, and no entry is needed");
  if (checkpoint === undefined) {
    return finding(check, "unknown", `${host} does not show the head of its log, so its key is not known`);
  }
  const own = root.tlogs.filter((log) => isSignedBy(checkpoint, log));
  if (own.length === 0) {
    return finding(
      check,
      "failed",
      `the log ${checkpoint.origin.slice(0, 80)} at ${host} is not among the logs there, by key, identifier and name`,
      "What is recorded in it will be refused: put the log's key and address into the trusted root, or name the log that is in it.",
    );
  }
  const times = own.map(({ publicKey }) =>
    standing({ from: publicKey?.validFor?.start, until: publicKey?.validFor?.end }, now),
  );
  if (times.every((when) => when === "early" || when === "over")) {
    return finding(
      check,
      "failed",
      `the log at ${host} is not trusted at this time`,
      "What is recorded in it now will be refused: name the log that followed it, or mend its `validFor` there.",
    );
  }
  return finding(check, "ok", `the head of the log at ${host} is signed by a key that is trusted there`);
}
