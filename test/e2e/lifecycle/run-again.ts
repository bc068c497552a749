import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { succeed } from "../../support/command-line.ts";
import type { GithubStep } from "../../support/github-step.ts";
import { PromotedReleases } from "../../support/promoted-releases.ts";

/** Moments at which a step may be interrupted or meet another one. */
export interface Moments extends AsyncDisposable {
  /** 1.0.0 is deployed, 1.1.0 is in staging. */
  readonly staged: Moment;
  /** 1.1.0 is in production, too. */
  readonly promoted: Moment;
  /** 1.1.0 is deployed. */
  readonly deployed: Moment;
}

/** A directory, and the step that comes next in it. */
export interface Moment {
  readonly step: "promote" | "update-pointer" | "rollback";
  readonly inputs: Readonly<Record<string, string>>;
  /** The step of run 4711, about to start in a copy of the moment. */
  begin(): Promise<GithubStep>;
}

/** Quick to make: the gates of its policy ask for next to nothing. */
export async function makeMoments(): Promise<Moments> {
  const directory = await mkdtemp(join(tmpdir(), "slipway-moments-"));
  const at = (name: string) => join(directory, name);
  const releases = await PromotedReleases.build(at("staged"), { "1.0.0": "production", "1.1.0": "staging" });
  const subject = releases.reference("1.1.0");
  const policy = "policy.yaml";
  const by = ["--policy", policy, "--key", "erin.pem"];
  const better = ["--environment", "live", "--reason", "Better"];
  await succeed(["update-pointer", releases.reference("1.0.0"), ...better, ...by], at("staged"));
  await cp(at("staged"), at("promoted"), { recursive: true });
  const toProduction = ["--to", "production", "--policy", policy, "--key", "lena.pem"];
  await succeed(["promote", subject, ...toProduction], at("promoted"));
  await cp(at("promoted"), at("deployed"), { recursive: true });
  await succeed(["update-pointer", subject, ...better, ...by], at("deployed"));

  const moment = (name: string, step: Moment["step"], inputs: Moment["inputs"]): Moment => ({
    step,
    inputs,
    async begin() {
      const scratch = await mkdtemp(at("trial-"));
      const work = join(scratch, "work");
      await cp(at(name), work, { recursive: true });
      return { step, inputs, work, scratch, run: "4711", attempt: 1 };
    },
  });
  const moved = { environment: "live", policy, key: "erin.pem" };
  return {
    staged: moment("staged", "promote", { subject, to: "production", policy, key: "lena.pem" }),
    promoted: moment("promoted", "update-pointer", { subject, ...moved, reason: "Better" }),
    deployed: moment("deployed", "rollback", { model: "retina/seg", ...moved, reason: "Latency" }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Has `gitops.git` run a script before it takes a push; the script knows the directory `waiting`, and `pause`. */
export async function beforePushes(work: string, script: string): Promise<void> {
  const repository = join(work, "gitops.git");
  await mkdir(join(repository, "hooks"), { recursive: true });
  await mkdir(join(repository, "waiting"));
  const hook = `#!/bin/sh\n# Gives up after ten seconds, so that nobody waits for ever.\nleft=500\npause() { left=$((left - 1)); [ $left -gt 0 ] || exit 1; sleep 0.02; }\n${script}`;
  await writeFile(join(repository, "hooks", "pre-receive"), hook, { mode: 0o755 });
}

/**
 * The environment of a step whose first look at `gitops.git` takes until `go` is there: what it is told then was true
 * when it asked. `asked` is there as soon as it has asked; both lie in `directory`.
 */
export async function slowToRead(directory: string): Promise<Readonly<Record<string, string>>> {
  await mkdir(directory);
  const script = join(directory, "pack-objects");
  const wait = `: > ${directory}/asked; left=500; while [ ! -e ${directory}/go ] && [ $left -gt 0 ]`;
  await writeFile(script, `#!/bin/sh\n${wait}; do left=$((left - 1)); sleep 0.02; done\nexec "$@"\n`, { mode: 0o755 });
  const config = join(directory, "gitconfig");
  await writeFile(config, `[uploadpack]\n\tpackObjectsHook = ${script}\n`);
  return { GIT_CONFIG_GLOBAL: config };
}

/** Waits until a directory has an entry whose name begins so. */
export async function untilThere(directory: string, prefix: string): Promise<void> {
  while (!(await readdir(directory)).some((name) => name.startsWith(prefix))) await sleep(2);
}
