import { workerData } from "node:worker_threads";
import { type Trust, trusting } from "../wire/index.ts";
import type { ThreadData } from "./messages.ts";

let made: Trust | undefined;

/** Options for TLS connections of this thread. */
export function trust(): Trust {
  made ??= trusting(isThreadData(workerData) ? workerData.authorities : []);
  return made;
}

function isThreadData(value: unknown): value is ThreadData {
  return typeof value === "object" && value !== null && "authorities" in value && Array.isArray(value.authorities);
}
