import * as z from "zod";
import { keylessError } from "./errors.ts";
import { jsonOf } from "./json-answer.ts";
import { refusalOf } from "./refusal.ts";
import type { SigningService } from "./service.ts";

const maxAnswerBytes = 64 * 1024;
const answerSchema = z.object({ value: z.string().min(1) });

/**
 * Asks GitHub's runner for an identity token of the job (GitHub, "OpenID Connect reference": "Methods for requesting the
 * OIDC token").
 *
 * @param provider the request URL of the runner, and the token that it takes
 * @param audience who the token is for
 * @throws SlipwayError IDENTITY_REFUSED, IDENTITY_UNREACHABLE, SERVICE_CONFUSED, and what `SigningService.get` throws
 */
export async function requestIdentityToken(options: {
  readonly provider: { readonly url: URL; readonly token: string };
  readonly audience: string;
  readonly service: SigningService;
}): Promise<string> {
  const { provider, audience, service } = options;
  const url = new URL(provider.url);
  url.searchParams.set("audience", audience);
  const request = { to: "identity", accept: "application/json", bearer: provider.token } as const;
  const answer = await service.get(url, request, maxAnswerBytes);
  if (answer.status !== 200) throw refusalOf("IDENTITY_REFUSED", answer, url, provider.token);
  const { value } = jsonOf(answer, answerSchema, url);
  if (/\s/.test(value)) throw keylessError("SERVICE_CONFUSED", `${url.host} sent a token with white space in it`);
  return value;
}
