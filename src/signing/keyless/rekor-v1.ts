import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import type { SlipwayError } from "../../errors/index.ts";
import { keylessError } from "./errors.ts";
import { jsonOf } from "./json-answer.ts";
import { jsonRequest } from "./json-request.ts";
import type { RecordedContent } from "./recorded-content.ts";
import { refusalOf } from "./refusal.ts";
import { entryOf, entrySchema } from "./rekor-v1-entry.ts";
import { isAbout, proposalOf } from "./rekor-v1-kinds.ts";
import type { ServiceAnswer, SigningService } from "./service.ts";
import { below } from "./service-url.ts";

const path = "/api/v1/log/entries";
/** An entry of a statement with 1 MiB has only its hash. */
const maxAnswerBytes = 256 * 1024;

/** @throws SlipwayError as `recordSignature` */
export async function recordInRekor1(
  rekor: URL,
  content: RecordedContent,
  service: SigningService,
): Promise<TransparencyLogEntry> {
  const posted = await service.post(below(rekor, path), jsonRequest("rekor", proposalOf(content)), maxAnswerBytes);
  const answer = posted.status === 409 ? await existing(posted, rekor, service) : posted;
  if (answer.status !== 200 && answer.status !== 201) throw refusalOf("REKOR_REFUSED", answer, rekor);
  const [found, ...others] = Object.values(jsonOf(answer, entrySchema, rekor));
  if (found === undefined || others.length > 0) throw confused(rekor, "another number of entries than one");
  if (!isAbout(found.body, content)) throw confused(rekor, "an entry about something else than this signature");
  return entryOf(found, content);
}

/** Asks for the entry that is there already: by its name alone, on the log itself, wherever the answer leads. */
function existing(conflict: ServiceAnswer, rekor: URL, service: SigningService): Promise<ServiceAnswer> {
  const uuid = /(?:^|\/)((?:[0-9a-f]{16})?[0-9a-f]{64})$/.exec(conflict.header("location") ?? "")?.[1];
  if (uuid === undefined) throw confused(rekor, "no location of the entry that it has already");
  return service.get(below(rekor, `${path}/${uuid}`), { to: "rekor", accept: "application/json" }, maxAnswerBytes);
}

function confused({ host }: URL, what: string): SlipwayError {
  return keylessError("SERVICE_CONFUSED", `${host} sent ${what}`);
}
