import type { Host } from "../../src/contract/index.ts";

/** A host that shows nothing and keeps what it was told, for running steps inside a test. */
export function quietHost(directory: string): Host & { readonly lines: string[]; readonly state: Map<string, string> } {
  const lines: string[] = [];
  const state = new Map<string, string>();
  return {
    lines,
    state,
    name: "cli",
    run: { id: "test", attempt: 1, url: undefined },
    directory,
    sourceDateEpoch: undefined,
    signal: new AbortController().signal,
    now: () => new Date("2026-01-02T03:04:05Z"),
    info: (line) => void lines.push(line),
    warn: (line) => void lines.push(line),
    debug: (line) => void lines.push(line),
    group: (_title, work) => work(),
    progress: () => ({ advance: () => {}, end: () => {} }),
    mask: () => {},
    saveState: (name, value) => void state.set(name, value),
  };
}
