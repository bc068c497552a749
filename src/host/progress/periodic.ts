import type { Progress } from "../../contract/index.ts";
import { logLine } from "./lines.ts";
import { createMeter } from "./meter.ts";

const everyMilliseconds = 10_000;

/** Progress for logs that are read later or scrolled: one line every ten seconds, none for work that is done sooner. */
export function periodicProgress(title: string, total: number | undefined, print: (line: string) => void): Progress {
  const meter = createMeter(total, () => performance.now());
  const timer = setInterval(() => print(logLine(title, meter.read())), everyMilliseconds);
  timer.unref();
  return { advance: meter.advance, end: () => clearInterval(timer) };
}
