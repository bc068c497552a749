import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Debian's name, which `npm run peers` installs, and what other systems call theirs. */
const names = ["chromium", "chromium-browser", "google-chrome"];

/** Starts the system's own Chromium without a window. */
export function startBrowser(): Promise<Browser> {
  // Root, which containers run as, cannot have the sandbox; the only page opened is our own.
  return chromium.launch({ executablePath: browserPath(), args: ["--no-sandbox"] });
}

function browserPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`no browser on PATH (${names.join(", ")}): run npm run peers -- chromium as root, or install one`);
  }
  return found;
}
