import { type ChildProcess, spawn } from "node:child_process";
import { systemCode } from "../../../errors/index.ts";
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

interface Outcome {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stopped: string | undefined;
}

const maxAnswerBytes = 64 * 1024;
/** How long the output may stay open after the helper ended, because something that it started has it too. */
const lingerMs = 1000;
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
  const { name, server, file } = question;
  // The name comes from a file, and must not become a path.
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw authError("CREDENTIAL_HELPER_FAILED", `${file} names a credential helper that cannot be one`, {
      remedy: `Name it in ${file} by what follows docker-credential- in the program's name.`,
    });
  }
  const { code, stdout, stopped } = await runHelper(question);
  if (stopped !== undefined) throw failed(question, stopped);
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

async function runHelper(question: HelperQuestion): Promise<Outcome> {
  const { name, server, env, signal, timeLimit = 30_000 } = question;
  signal.throwIfAborted();
  let child: ChildProcess | undefined;
  let stopped: string | undefined;
  const kill = () => child && killGroup(child);
  const timer = setTimeout(() => {
    stopped = `gave no answer within ${timeLimit / 1000} s`;
    kill();
  }, timeLimit);
  signal.addEventListener("abort", kill);
  try {
    // Detached makes it the leader of a group, so that what it starts can be killed with it.
    const started = spawn(`docker-credential-${name}`, ["get"], {
      env,
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    child = started;
    const chunks: Buffer[] = [];
    let size = 0;
    started.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxAnswerBytes) chunks.push(chunk);
      else {
        stopped ??= `answered with more than ${maxAnswerBytes} bytes`;
        kill();
      }
    });
    // A helper that ends before it has read the question says so by its exit status.
    started.stdin.on("error", () => {});
    started.stdin.end(server);
    const code = await ended(started);
    signal.throwIfAborted();
    return { code, stdout: Buffer.concat(chunks), stopped };
  } catch (error) {
    signal.throwIfAborted();
    throw notStarted(question, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    let linger: NodeJS.Timeout | undefined;
    child.on("error", reject);
    child.on("exit", () => {
      linger = setTimeout(() => child.stdout?.destroy(), lingerMs);
    });
    child.on("close", (code) => {
      clearTimeout(linger);
      resolve(code);
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
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
