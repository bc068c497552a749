/** How long a step's forgotten sockets may keep a finished process alive. */
const lingerMilliseconds = 2_000;

/** Lets the process end with this status: on its own, or soon when something forgotten keeps it alive. */
export function leave(status: number): void {
  process.exitCode = status;
  setTimeout(() => process.exit(), lingerMilliseconds).unref();
}

/** Keeps a reader that went away (`| head`) from becoming an error of the step. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
