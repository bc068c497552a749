import { systemCode } from "../../errors/index.ts";
import { type ProgramOutcome, runProgram } from "../../process/index.ts";
import { signingError } from "../errors.ts";
import { giveContent } from "./given-content.ts";

/** What a command runs in. */
export interface Circumstances {
  /** Absolute path: where the command runs, and where its own relative path starts. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Milliseconds; a minute when left out. */
  readonly timeLimit?: number;
  /** Takes secrets out of a text. */
  hide(text: string): string;
}

const maxPrintedBytes = 64 * 1024;
const maxErrorBytes = 64 * 1024;
/** Of what it said when it failed: so many lines, of so many characters. */
const mostLines = 5;
const maxShown = 300;

/**
 * Runs a command that signs.
 *
 * @param args with placeholders
 * @returns what it printed, at most 64 KiB of anything
 * @throws SlipwayError SIGNER_COMMAND_MISSING, SIGNER_COMMAND_FAILED, SIGNER_COMMAND_SLOW, SIGNER_COMMAND_WRONG; the
 *   signal's reason
 */
export async function runSignerCommand(
  program: string,
  args: readonly string[],
  signed: Uint8Array,
  { directory, env, signal, timeLimit = 60_000, hide }: Circumstances,
): Promise<Buffer> {
  await using given = await giveContent(args, signed);
  const limits = { stdout: maxPrintedBytes, stderr: maxErrorBytes };
  const { args: words, input } = given;
  const run = { program, args: words, input, env, cwd: directory, limits, timeLimit, signal };
  const ran = await runProgram(run).catch((error) => {
    signal.throwIfAborted();
    throw notStarted(program, error);
  });
  if (ran.stopped === "time") {
    throw signingError("SIGNER_COMMAND_SLOW", `${program} gave no signature within ${timeLimit / 1000} s`);
  }
  if (ran.stopped === "output") {
    throw signingError("SIGNER_COMMAND_WRONG", `${program} printed more than ${maxPrintedBytes / 1024} KiB`);
  }
  if (ran.code === 0) return ran.stdout;
  const how = ran.code === null ? `was ended by ${ran.signal ?? "a signal"}` : `ended with exit status ${ran.code}`;
  const said = lastLines(ran, hide);
  const last = said.at(-1);
  throw signingError("SIGNER_COMMAND_FAILED", `${program} ${how}${last === undefined ? "" : `: ${last}`}`, {
    // The last is often no more than a farewell.
    details: said.slice(0, -1),
  });
}

/** What a program said last, in a few lines without secrets. */
function lastLines({ stderr }: ProgramOutcome, hide: (text: string) => string): readonly string[] {
  const lines = hide(stderr.toString("utf8")).split(/[\r\n]+/);
  // Cut where it was too long, and a secret may be cut with it.
  if (stderr.length >= maxErrorBytes) lines.pop();
  const said = lines.map((line) => line.trim()).filter((line) => line !== "");
  return said
    .slice(-mostLines)
    .map((line) => (line.length > maxShown ? `${line.slice(0, maxShown).toWellFormed()}…` : line));
}

function notStarted(program: string, cause: unknown): Error {
  const why = systemCode(cause) ?? "no reason";
  const what = why === "ENOENT" ? "is not there" : `cannot be run (${why})`;
  return signingError("SIGNER_COMMAND_MISSING", `the command that is to sign, ${program}, ${what}`, { cause });
}
