import type { WriteStream } from "node:tty";
import type { Progress } from "../../contract/index.ts";
import { columns } from "../../report/index.ts";
import { liveLine } from "./lines.ts";
import { createMeter, type Meter } from "./meter.ts";

/** The moving lines at the foot of a terminal, and the log lines that pass above them. */
export interface LiveProgress {
  start(title: string, total: number | undefined): Progress;
  /** Writes lines above what moves. */
  print(text: string): void;
  /** Removes what moves, for good. */
  close(): void;
}

const frameMilliseconds = 100;

type Draw = ((text: string) => void) & { clear(): void };

export function liveProgress(stream: WriteStream, color: boolean): LiveProgress {
  const shown = new Map<Progress, { title: string; meter: Meter }>();
  let draw: Draw | undefined;
  let timer: NodeJS.Timeout | undefined;

  const frame = () => {
    const width = stream.columns || 80;
    const titles = Math.max(0, ...[...shown.values()].map(({ title }) => columns(title)));
    const lines = [...shown.values()].map(({ title, meter }) =>
      // One column less: some terminals wrap when the last one is written.
      liveLine(title.padEnd(titles), meter.read(), width - 1, color),
    );
    if (lines.length > 0) draw?.(lines.join("\n"));
  };
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const begin = async () => {
    const { createLogUpdate } = await import("log-update");
    // A process that is killed cannot bring a hidden cursor back.
    draw ??= createLogUpdate(stream, { showCursor: true });
    frame();
  };

  return {
    start(title, total) {
      const progress: Progress = {
        advance: (bytes) => shown.get(progress)?.meter.advance(bytes),
        end() {
          shown.delete(progress);
          draw?.clear();
          if (shown.size === 0) rest();
          else frame();
        },
      };
      shown.set(progress, { title, meter: createMeter(total, () => performance.now()) });
      if (timer === undefined) timer = setInterval(frame, frameMilliseconds).unref();
      if (draw === undefined) void begin();
      return progress;
    },
    print(text) {
      draw?.clear();
      stream.write(text);
      frame();
    },
    close() {
      shown.clear();
      rest();
      draw?.clear();
    },
  };
}
