import { type Answer, json } from "./answer.ts";
import { type Guard, tokenService, type User } from "./authentication.ts";
import type { Call } from "./call.ts";
import { Problem } from "./problem.ts";

/** GET with Basic credentials or none, and POST as OAuth 2: the distribution project's "token" and "oauth" pages. */
export async function answerToken(call: Call, guard: Guard): Promise<Answer> {
  if (call.method === "GET") {
    const user = guard.userOf(call.headers.authorization);
    return granted(guard, user, call.query, call.query.get("offline_token") === "true");
  }
  if (call.method !== "POST") throw new Problem(405, "UNSUPPORTED", "GET or POST");
  const form = await readForm(call);
  if (!form.get("client_id")) throw new Problem(400, "UNSUPPORTED", "client_id is missing");
  return granted(guard, userOfForm(guard, form), form, form.get("access_type") === "offline");
}

async function readForm({ headers, body }: Call): Promise<URLSearchParams> {
  if (!headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    throw new Problem(400, "UNSUPPORTED", "a form is expected");
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return new URLSearchParams(Buffer.concat(pieces).toString());
}

function userOfForm(guard: Guard, form: URLSearchParams): User {
  const kind = form.get("grant_type");
  if (kind === "refresh_token") return guard.userOfRefreshToken(form.get("refresh_token") ?? "");
  if (kind === "password") return guard.userNamed(form.get("username") ?? "", form.get("password") ?? "");
  throw new Problem(400, "UNSUPPORTED", `grant_type ${kind}`);
}

function granted(guard: Guard, user: User | undefined, asked: URLSearchParams, offline: boolean): Answer {
  if (asked.get("service") !== tokenService) throw new Problem(400, "UNSUPPORTED", "service is not ours");
  const scopes = asked.getAll("scope").flatMap((scope) => scope.split(" "));
  const { token, options } = guard.grant(user, scopes);
  const { answers = "both", expiresIn } = options;
  return json(200, {
    ...(answers !== "access_token" && { token }),
    ...(answers !== "token" && { access_token: token }),
    ...(expiresIn !== undefined && { expires_in: expiresIn }),
    ...(offline && user?.refreshToken !== undefined && { refresh_token: user.refreshToken }),
    issued_at: new Date().toISOString(),
  });
}
