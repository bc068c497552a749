import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const values = (
  name: string,
) => `# Helm values of ${name} in production. The model's pin is moved by Slipway; the rest is ours.
replicas: 2   # enough for a demo

model:
  version: ""   # what people read
  digest: ""    # what is checked
  uri: ""       # what is pulled

resources:
  limits: {memory: 2Gi}
`;

/** Makes the bare GitOps repository with its first commit: a Helm values file whose pointer names nothing yet. */
export async function makeGitops(repository: string, name: string): Promise<void> {
  await rm(repository, { recursive: true, force: true });
  await git("init", "--quiet", "--bare", "--initial-branch=main", repository);
  const checkout = await mkdtemp(join(tmpdir(), "slipway-demo-"));
  try {
    await git("clone", "--quiet", resolve(repository), checkout);
    await mkdir(join(checkout, "production"));
    await writeFile(join(checkout, "production/values.yaml"), values(name));
    const here = ["-C", checkout, "-c", "user.name=Platform team", "-c", "user.email=platform@example.com"];
    await git(...here, "checkout", "--quiet", "-B", "main");
    await git(...here, "add", ".");
    await git(...here, "commit", "--quiet", "-m", `Deploy ${name} in production, without a model yet`);
    await git(...here, "push", "--quiet", "origin", "main");
  } finally {
    await rm(checkout, { recursive: true, force: true });
  }
}

/** The repository's history as an engineer reads it. */
export async function history(repository: string, format: string): Promise<string> {
  const { stdout } = await git("--git-dir", repository, "log", "--first-parent", `--format=${format}`, "main");
  return stdout;
}

function git(...args: string[]) {
  return run("git", args, { env: { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" } });
}
