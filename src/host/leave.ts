/** How long a step's forgotten sockets may keep a finished process alive. */
const lingerMilliseconds = 2_000;

let outputLost = false;

/**
 * Lets the process end with this status: on its own, or soon when something forgotten keeps it alive. A success whose
 * output could not be written ends with 1.
 */
export function leave(status: number): void {
  process.exitCode = status === 0 && outputLost ? 1 : status;
  setTimeout(() => process.exit(), lingerMilliseconds).unref();
}

/**
 * Watches the standard streams. A reader that went away (`| head`) asked for no more and is no error; anything else,
 * such as a full disk, means that somebody waits for output that will not come.
 */
export function watchStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      outputLost = true;
      // Without a status, the process is not leaving yet.
      if (process.exitCode === 0) process.exitCode = 1;
      if (stream === process.stdout) process.stderr.write(`the output could not be written: ${error.message}\n`);
    });
  }
}
