import type { WriteStream } from "node:tty";
import type { TextOptions } from "../../report/index.ts";
import type { Environment } from "../environment.ts";

/** Lines longer than this are hard to read, however wide the terminal is. */
const widest = 120;

/** How text is drawn on a stream: as wide as its terminal, coloured where that was not turned off (no-color.org). */
export function lookOf(stream: Pick<WriteStream, "isTTY" | "columns">, env: Environment): TextOptions {
  const width = Math.min(widest, (stream.isTTY && stream.columns) || 80);
  return { width, color: stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb" };
}
