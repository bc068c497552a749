import { systemCode } from "../../../errors/index.ts";
import { type ProgramOutcome, runProgram } from "../../../process/index.ts";
import type { Credentials } from "./credentials.ts";
import { authError } from "./errors.ts";
import { member, parseObject } from "./json-object.ts";

/** A question to a credential helper. */
export interface HelperQuestion {
  /** What follows `docker-credential-` in the program's name. */
  readonly name: string;
  /** What the helper knows the registry by. */
  readonly server: string;
  /** The file that names the helper, for messages. */
  readonly file: string;
  /** The helper's environment; its PATH is where the helper is looked for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Milliseconds. Helpers of clouds ask servers of their own. */
  readonly timeLimit?: number;
}

const maxAnswerBytes = 64 * 1024;
/** docker-credential-helpers, `credentials.ErrCredentialsNotFound`. */
const notFound = "credentials not found in native keychain";

/**
 * Asks a credential helper (docker-credential-helpers, "Usage"): `docker-credential-<name> get`, the server on stdin.
 * Nothing that the helper writes is ever shown.
 *
 * @returns undefined when the helper has no credentials for the server
 * @throws SlipwayError CREDENTIAL_HELPER_FAILED; the signal's reason
 */
export async function askCredentialHelper(question: HelperQuestion): Promise<Credentials | undefined> {
  const { name, server, file, timeLimit = 30_000 } = question;
  // The name comes from a file, and must not become a path.
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw authError("CREDENTIAL_HELPER_FAILED", `${file} names a credential helper that cannot be one`, {
      remedy: `Name it in ${file} by what follows docker-credential- in the program's name.`,
    });
  }
  const { code, stdout, stopped } = await runHelper({ ...question, timeLimit });
  if (stopped === "output") throw failed(question, `answered with more than ${maxAnswerBytes} bytes`);
  if (stopped === "time") throw failed(question, `gave no answer within ${timeLimit / 1000} s`);
  if (code === 0) return readAnswer(stdout, question);
  if (stdout.toString("utf8").includes(notFound)) return undefined;
  throw failed(question, `ended with ${code === null ? "a signal" : `exit status ${code}`} when asked for ${server}`);
}

function readAnswer(stdout: Buffer, question: HelperQuestion): Credentials | undefined {
  const answer = parseObject(stdout);
  if (answer === undefined) throw failed(question, "did not answer with a JSON object");
  const [username, secret] = [member(answer, "Username") ?? "", member(answer, "Secret") ?? ""];
  if (typeof username !== "string" || typeof secret !== "string") {
    throw failed(question, "answered with a user name or a secret that is not text");
  }
  if (secret === "") return undefined;
  if (username === "<token>") return { kind: "identity-token", token: secret };
  return { kind: "password", username, password: secret };
}

async function runHelper(question: HelperQuestion & { readonly timeLimit: number }): Promise<ProgramOutcome> {
  const { name, server, env, signal, timeLimit } = question;
  try {
    return await runProgram({
      program: `docker-credential-${name}`,
      args: ["get"],
      env,
      input: server,
      limits: { stdout: maxAnswerBytes, stderr: 0 },
      timeLimit,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw notStarted(question, error);
  }
}

function notStarted(question: HelperQuestion, error: unknown): Error {
  if (systemCode(error) !== "ENOENT") return failed(question, `cannot be run (${systemCode(error) ?? "no reason"})`);
  return authError(
    "CREDENTIAL_HELPER_FAILED",
    `${question.file} names the credential helper docker-credential-${question.name}, which is not on the PATH`,
    {
      remedy: `Install docker-credential-${question.name} where this runs, or take "${question.name}" out of ${question.file} and log in again.`,
    },
  );
}

function failed({ name, server, file }: HelperQuestion, what: string): Error {
  return authError("CREDENTIAL_HELPER_FAILED", `the credential helper docker-credential-${name} ${what}`, {
    details: [`${file} names this helper for ${server}`],
    remedy: `Try \`echo ${server} | docker-credential-${name} get\`; what it says is not shown here, as it may be secret.`,
  });
}
