import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { lastLines } from "../../../../scripts/peers/run.ts";
import { peer } from "../../peers.ts";

/** Generous, because the machine of a test may be busy; these programs answer within a second. */
const patience = 30_000;

/** A server that runs as a process, until it is disposed of. */
export interface ServerProgram extends AsyncDisposable {
  /** The end of what it printed, for the message of what failed because of it. */
  lastOutput(): string;
}

/**
 * Starts a server and waits until it answers.
 *
 * @param directory where it runs; all of its environment besides PATH
 * @param answers an address that it answers with success once it is ready
 * @throws Error with the program's last output, when it ends or does not answer in time
 */
export async function startProgram(
  name: string,
  args: readonly string[],
  directory: string,
  answers: URL,
): Promise<ServerProgram> {
  const { PATH = "" } = process.env;
  const child = spawn(peer(name), args, {
    cwd: directory,
    env: { PATH, HOME: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output = `${output}${chunk}`.slice(-16_384);
    });
  }
  // These programs print traces after what they have to say.
  const quoted = () => lastLines(output, 60);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    const end = (why: string) => {
      over = true;
      output = `${output}\n${why}`;
      resolve();
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(`ended by ${signal ?? `exit code ${code}`}`));
  });
  const end = async () => {
    child.kill("SIGKILL");
    await ended;
  };

  const deadline = performance.now() + patience;
  while (!(await isAnswered(answers))) {
    if (!over && performance.now() < deadline) {
      await sleep(50);
      continue;
    }
    await end();
    throw new Error(`${name} did not answer at ${answers.href}${quoted()}`);
  }
  // Another program may have taken the port between its choice and its use, and answer there.
  if (over) throw new Error(`${name} did not start${quoted()}`);
  return { lastOutput: () => `${name}${quoted()}`, [Symbol.asyncDispose]: end };
}

function isAnswered(url: URL): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}
