import { renderText, styleFor } from "../../report/index.ts";
import { type Environment, localRun } from "../environment.ts";
import { failureLines } from "../failure.ts";
import { type LiveProgress, liveProgress } from "../progress/live.ts";
import { periodicProgress } from "../progress/periodic.ts";
import type { Ending, HostAdapter } from "../run-step.ts";
import type { InputTexts } from "../step-entry.ts";
import { lookOf } from "./look.ts";

export interface CommandOptions {
  readonly texts: InputTexts;
  readonly json: boolean;
  readonly debug: boolean;
}

/** The command line: logs and progress on stderr; on stdout the summary, or one JSON object. */
export function commandLineAdapter({ texts, json, debug }: CommandOptions, env: Environment): HostAdapter {
  const look = lookOf(process.stderr, env);
  const style = styleFor(look.color);
  const live: LiveProgress | undefined = process.stderr.isTTY ? liveProgress(process.stderr, look.color) : undefined;
  let depth = 0;
  let printed = false;
  const print = (text: string) => {
    printed = true;
    const lines = text.split("\n").map((line) => `${`${"  ".repeat(depth)}${line}`.trimEnd()}\n`);
    if (live === undefined) process.stderr.write(lines.join(""));
    else live.print(lines.join(""));
  };
  return {
    name: "cli",
    env,
    place: () => ({ run: localRun(new Date(), Math.random), directory: process.cwd(), secrets: env }),
    inputs: () => texts,
    info: print,
    warn: (text) => print(`${style.warning("warning:")} ${text}`),
    debug(text) {
      if (debug) print(style.faint(text));
    },
    openGroup(title) {
      print(style.strong(title));
      depth += 1;
    },
    closeGroup() {
      depth -= 1;
    },
    progress: (title, total) => live?.start(title, total) ?? periodicProgress(title, total, print),
    // The ending carries them: what a script reads has to be one object.
    writeOutputs() {},
    conclude(ending) {
      live?.close();
      depth = 0;
      if (json) process.stdout.write(`${JSON.stringify(jsonOf(ending))}\n`);
      else if (ending.summary !== undefined) {
        const apart = printed && process.stdout.isTTY ? "\n" : "";
        process.stdout.write(apart + renderText(ending.summary, lookOf(process.stdout, env)));
        printed = true;
      }
      if (ending.failure === undefined) return;
      const width = process.stderr.isTTY ? { width: look.width } : {};
      print([...(printed ? [""] : []), ...failureLines(ending.failure, { color: look.color, ...width })].join("\n"));
    },
  };
}

/** What `--json` prints, on success and on failure. */
function jsonOf({ step, outputs, summary, failure }: Ending): object {
  return {
    ok: failure === undefined,
    step: step ?? null,
    outputs: Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
    ...(summary === undefined ? {} : { summary }),
    ...(failure === undefined ? {} : { error: { ...failure, stack: undefined } }),
  };
}
