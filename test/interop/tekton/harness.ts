/**
 * Builds Tekton's own code once and asks it. The three binaries come from one go.mod, so the Pod, the
 * entrypoint in it and the validation are always of the same Tekton version.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const SOURCES = join(import.meta.dirname, "harness");
const TEKTON = "github.com/tektoncd/pipeline";
/** A cold build takes minutes; longer than this is a hanging download. */
export const BUILD_TIMEOUT_MS = 30 * 60 * 1000;
const ANSWER_TIMEOUT_MS = 60 * 1000;

export interface TektonBinaries {
  harness: string;
  entrypoint: string;
  workingDirInit: string;
}

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

function command(
  file: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeout: number },
): Promise<Answer> {
  return new Promise((done, fail) => {
    execFile(file, args, { ...options, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // An exit code is an answer; a missing program or a timeout is not.
      if (error === null) done({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") done({ code: error.code, stdout, stderr });
      else fail(new Error(`running ${file} failed`, { cause: error }));
    });
  });
}

async function sourceHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(SOURCES)).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort()) {
    const content = await readFile(join(SOURCES, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

async function build(): Promise<TektonBinaries> {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const target = join(cache, "slipway", "peers", "tekton-harness", await sourceHash());
  const binaries = {
    harness: join(target, "harness"),
    entrypoint: join(target, "entrypoint"),
    workingDirInit: join(target, "workingdirinit"),
  };
  if (existsSync(target)) return binaries;

  await mkdir(dirname(target), { recursive: true });
  const unfinished = await mkdtemp(`${target}.`);
  try {
    const { code, stderr } = await command(
      "go",
      [
        "build",
        "-trimpath",
        "-ldflags",
        "-s -w",
        "-o",
        `${unfinished}/`,
        ".",
        `${TEKTON}/cmd/entrypoint`,
        `${TEKTON}/cmd/workingdirinit`,
      ],
      {
        cwd: SOURCES,
        env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
        timeout: BUILD_TIMEOUT_MS,
      },
    );
    if (code !== 0) throw new Error(`building the Tekton harness failed:\n${stderr}`);
    await rename(unfinished, target).catch((error: unknown) => {
      // Another test run was first; what it built came from the same sources.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return binaries;
}

let building: Promise<TektonBinaries> | undefined;

/** Builds on the first call of a machine, minutes on a cold Go cache, and is at once after that. */
export function tektonBinaries(): Promise<TektonBinaries> {
  building ??= build();
  return building;
}

/** One line per YAML document, `ok FILE Kind/name` or `error FILE …`. */
export async function validate(files: string[]): Promise<{ ok: boolean; lines: string[] }> {
  const { harness } = await tektonBinaries();
  const { code, stdout } = await command(harness, ["validate", ...files], { timeout: ANSWER_TIMEOUT_MS });
  return { ok: code === 0, lines: stdout.split("\n").filter((line) => line !== "") };
}

/** The Pod that Tekton would create for this run, as parsed JSON. */
export async function pod(taskFile: string, taskRunFile: string): Promise<unknown> {
  const { harness } = await tektonBinaries();
  const { code, stdout, stderr } = await command(harness, ["pod", taskFile, taskRunFile], {
    timeout: ANSWER_TIMEOUT_MS,
  });
  if (code !== 0) throw new Error(stderr.trim());
  const value: unknown = JSON.parse(stdout);
  return value;
}
