import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generateTinyLlm } from "../../action-fixtures/index.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { peer, run } from "./peers.ts";

/*
 * A workflow uses the built actions as a model's repository would, and real act runs it.
 */

const root = resolve(import.meta.dirname, "../..");
let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-act-"));
  for (const folder of ["dist", "actions"]) await cp(join(root, folder), join(work, folder), { recursive: true });
  await generateTinyLlm(join(work, "model"), { version: "1.0.0" });
  await writeModelYaml(work, { name: "act/tiny-llm", version: "1.0.0" });
  await mkdir(join(work, "keys"));
  await writeKeyPair(join(work, "keys", "release"));
  await mkdir(join(work, ".github", "workflows"), { recursive: true });
  await writeFile(join(work, ".github", "workflows", "release.yml"), workflow);
  const git = (args: string[]) =>
    run("git", ["-C", work, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args]);
  await git(["init", "-q", "-b", "main"]);
  await git(["add", "-A"]);
  await git(["commit", "-q", "-m", "model"]);
}, 60_000);

afterAll(() => rm(work, { recursive: true, force: true }));

const workflow = `name: release
on: workflow_dispatch
permissions:
  contents: read
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          persist-credentials: false
      - id: package
        uses: ./actions/package
      - id: sign
        uses: ./actions/sign
        env:
          SIGNING_KEY: \${{ secrets.SIGNING_KEY }}
        with:
          subject: \${{ steps.package.outputs.reference }}
          key: env://SIGNING_KEY
      - id: verify
        uses: ./actions/verify
        with:
          subject: \${{ steps.package.outputs.reference }}
          key: keys/release.pub
      - id: pull
        uses: ./actions/pull
        with:
          subject: \${{ steps.package.outputs.reference }}
          target: pulled
          key: keys/release.pub
      - id: wrong
        continue-on-error: true
        uses: ./actions/verify
        with:
          subject: \${{ steps.package.outputs.reference }}
          key: model/README.md
      - if: always()
        env:
          RESULTS: \${{ toJSON(steps) }}
          OUT: \${{ vars.OUT }}
        run: |
          printf '%s' "$RESULTS" > "$OUT/results.json"
          cp -r pulled "$OUT/pulled" || true
`;

it("runs package, sign, verify and pull, and sees a refusal as one", { timeout: 120_000 }, async () => {
  const out = await mkdtemp(join(tmpdir(), "slipway-act-out-"));
  try {
    const key = await readFile(join(work, "keys", "release.pem"), "utf8");
    await writeFile(join(out, "secrets"), `SIGNING_KEY=${JSON.stringify(key)}\n`);
    const result = await run(
      peer("act"),
      [
        "workflow_dispatch",
        "-P",
        "ubuntu-latest=-self-hosted",
        "--secret-file",
        join(out, "secrets"),
        "--var",
        `OUT=${out}`,
      ],
      { cwd: work, timeout: 110_000, env: { HOME: out, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` } },
    );
    expect(result.code, `${result.stdout}\n${result.stderr}`).toBe(0);
    const steps = JSON.parse(await readFile(join(out, "results.json"), "utf8"));
    expect(steps.package.outputs.subject).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(steps.sign.outputs.bundle).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(steps.verify.outputs.verified).toBe("true");
    expect(steps.pull.outputs.subject).toBe(steps.package.outputs.subject);
    expect(steps.wrong.outcome).toBe("failure");
    expect(result.stdout).toContain("KEY_MALFORMED");
    const line = key.split("\n")[1] ?? "";
    expect(result.stdout + result.stderr).not.toContain(line);
    expect(await readFile(join(out, "pulled", "config.json"), "utf8")).toBe(
      await readFile(join(work, "model", "config.json"), "utf8"),
    );
    expect((await readdir(join(out, "pulled"))).sort()).toEqual(
      [...(await readdir(join(work, "model"))), "metadata.json"].sort(),
    );
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});
