import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Ended,
  type Environment,
  keyValues,
  revealed,
  type Start,
  scratch,
  stackLines,
  start,
} from "./processes.ts";

const digest = `sha256:${"5f".repeat(32)}`;

interface Run extends Ended {
  readonly outputs: [string, string][];
  readonly state: [string, string][];
  readonly page: string;
  /** Workflow commands that the runner would obey, in their order. */
  readonly commands: string[];
}

/** Runs the action as GitHub's runner does. Inputs are given by name. */
async function run(inputs: Environment, options: Start & { readonly key?: boolean } = {}): Promise<Run> {
  await using directory = await scratch();
  const file = (name: string) => join(directory.path, name);
  for (const name of ["output", "state", "summary"]) await writeFile(file(name), "");
  const texts = {
    subject: "oci:out/store/seg",
    ...(options.key === true ? { "signing-key": directory.key } : {}),
    ...inputs,
  };
  const ended = await start("action", {
    ...options,
    env: {
      GITHUB_ACTIONS: "true",
      GITHUB_RUN_ID: "77",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "org/repo",
      GITHUB_WORKSPACE: directory.path,
      GITHUB_OUTPUT: file("output"),
      GITHUB_STATE: file("state"),
      GITHUB_STEP_SUMMARY: file("summary"),
      ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text])),
      ...options.env,
    },
  });
  return {
    ...ended,
    outputs: await keyValues(file("output")),
    state: await keyValues(file("state")),
    page: await readFile(file("summary"), "utf8"),
    commands: obeyed(ended.stdout),
  };
}

function obeyed(stdout: string): string[] {
  const commands: string[] = [];
  let resume: string | undefined;
  for (const line of stdout.split(/\r\n|\r|\n/)) {
    const isCommand = line.trimStart().startsWith("::") || line.includes("##[");
    if (line === resume) resume = undefined;
    else if (resume === undefined && line.startsWith("::stop-commands::"))
      resume = `::${line.slice("::stop-commands::".length)}::`;
    else if (resume === undefined && isCommand) commands.push(line);
  }
  return commands;
}

const errors = ({ commands }: Run) => commands.filter((command) => command.startsWith("::error"));

describe("a run on GitHub", () => {
  it("carries every kind of input and output, digests last", async () => {
    const ended = await run({
      note: "two\nlines",
      strict: "False",
      force: "true",
      "max-vram": "48",
      "chunk-size": "2MiB",
      patience: "90s",
      report: "out/report.json",
      labels: "a, b",
      undeclared: "the runner warns",
    });
    expect(ended.status).toBe(0);
    expect(ended.stderr).toBe("");
    expect(ended.outputs).toEqual([
      ["note", "two\nlines"],
      ["bytes", "2097152"],
      ["is-strict", "false"],
      ["subject", digest],
    ]);
    expect(ended.page).toContain("### Did one thing of every kind in github\n");
    expect(ended.page).toContain("| Run | 77, attempt 2 |");
    expect(ended.page).toContain("| Page | <https://github.example/org/repo/actions/runs/77/attempts/2> |");
    expect(ended.page).toMatch(/\| report \| `\/.*\/out\/report\.json` \|\n\| labels \| `a \+ b` \|/);
    expect(ended.stdout).toContain("\nDid one thing of every kind in github\n\n  Subject    sha256:5f");
    expect(ended.commands).toEqual([
      "::group::Looking around",
      "::debug::only for the curious",
      "::endgroup::",
      "::warning::the card is old",
    ]);
  });

  it("keeps state for the clean-up, which runs elsewhere", async () => {
    const ended = await run({});
    expect(ended.state).toEqual([["scratch", "scratch of 77\nsecond line"]]);
    expect(ended.stdout).not.toContain("cleaning up");
  });

  it("folds the outermost group only, because the runner has one level", async () => {
    const { stdout } = await run({ mode: "nested" });
    expect(stdout).toContain("\n::group::Outer\nInner\ninside\nbetween\n::endgroup::\n");
  });

  it("does without a summary page", async () => {
    expect(await run({}, { env: { GITHUB_STEP_SUMMARY: "" } })).toMatchObject({ status: 0, page: "" });
  });

  it("says when the summary page cannot be written, and succeeds all the same", async () => {
    const ended = await run({}, { env: { GITHUB_STEP_SUMMARY: "/no/such/file" } });
    expect(ended.status).toBe(0);
    expect(ended.commands.at(-1)).toMatch(/^::warning::the job summary could not be written/);
  });

  it("is not kept alive by what a step forgot", async () => {
    expect((await run({ mode: "linger" })).status).toBe(0);
  });
});

describe("a failure on GitHub", () => {
  it.each([
    [{ subject: "" }, 2, "INPUT_MISSING"],
    [{ mode: "nonsense" }, 2, "INPUT_INVALID"],
    [{ mode: "refuse" }, 3, "GATE_CLOSED"],
    [{ mode: "temporary" }, 4, "REGISTRY_BUSY"],
  ])("%j ends with %d, one annotation titled %s and no stack trace", async (inputs, status, code) => {
    const ended = await run(inputs);
    expect(ended.status).toBe(status);
    expect(errors(ended)).toEqual([expect.stringMatching(new RegExp(`^::error title=${code}::${code} .+%0A→ .+`))]);
    expect(stackLines(ended.stdout + ended.stderr + ended.page)).toEqual([]);
    expect(ended.page).toMatch(/^### fixture (failed|refused|failed for now): /);
    expect(ended.page).toContain(`| Code | \`${code}\` |\n| What to do | `);
  });

  it("shows outputs and both summaries of a refusal, the refusal first", async () => {
    const ended = await run({ mode: "refuse" });
    expect(ended.outputs.at(-1)).toEqual(["subject", digest]);
    expect(ended.page.match(/^#+ .*$/gm)).toEqual([
      "### fixture refused: accuracy 0.71 is below 0.80",
      "#### Details",
      "### Did one thing of every kind in github",
      "#### Inputs",
    ]);
    expect(ended.page).toContain("| accuracy: 0.71 &lt; 0.80 |");
    expect(errors(ended)).toEqual([
      "::error title=GATE_CLOSED::GATE_CLOSED accuracy 0.71 is below 0.80%0A  accuracy: 0.71 < 0.80%0A→ Open the gate.",
    ]);
  });

  it.each([
    ["crash", "INTERNAL", "TypeError: cannot read properties of undefined"],
    ["stray", "INTERNAL", "RangeError: thrown where nobody listens"],
    ["known-bug", "FIXTURE_BROKEN", "SlipwayError: two and two are five"],
  ])("%s is a bug with one annotation and a folded stack trace", async (mode, code, head) => {
    const ended = await run({ mode });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toBe("");
    expect(errors(ended)).toEqual([expect.stringMatching(new RegExp(`^::error title=${code}::`))]);
    expect(ended.outputs).toEqual([]);
    const folded = /::group::Stack trace\n([\s\S]*?)::endgroup::/.exec(ended.stdout)?.[1] ?? "";
    expect(folded.startsWith(head)).toBe(true);
    expect(stackLines(folded).length).toBeGreaterThan(1);
    expect(stackLines(ended.page)).toEqual([]);
  });

  it.each([
    [{ SOURCE_DATE_EPOCH: "yesterday" }, "SOURCE_DATE_EPOCH"],
    [{ GITHUB_RUN_ID: "" }, "GITHUB_RUN_ID"],
  ])("%j is a wrong environment", async (env, name) => {
    const ended = await run({}, { env });
    expect(ended.status).toBe(2);
    expect(errors(ended)).toEqual([
      expect.stringMatching(new RegExp(`^::error title=ENVIRONMENT_INVALID::ENVIRONMENT_INVALID ${name} `)),
    ]);
  });
});

describe("text from outside on GitHub", () => {
  it("cannot give the runner commands", async () => {
    const ended = await run({ mode: "injection" });
    expect(ended.stdout).toContain("::set-output name=subject::forged");
    expect(ended.commands.filter((command) => command.includes("forged"))).toEqual([]);
    expect(ended.commands).toHaveLength(4);
  });
});

describe("a secret on GitHub", () => {
  it.each(["success", "refuse", "temporary", "crash", "stray", "known-bug"])(
    "is told to the runner first and shown nowhere (%s)",
    async (mode) => {
      const ended = await run({ mode }, { key: true });
      const lines = ended.stdout.split("\n");
      const masks = lines.filter((line) => line.startsWith("::add-mask::"));
      expect(lines.slice(0, masks.length)).toEqual(masks);
      expect(revealed(masks.join("\n"))).not.toEqual([]);
      const rest = lines.slice(masks.length).join("\n");
      expect(rest).toContain("the key is ***");
      expect(revealed(rest + ended.stderr + ended.page + JSON.stringify(ended.outputs))).toEqual([]);
    },
  );

  it("can come from the environment", async () => {
    const ended = await run({ "signing-key": "env://TOKEN" }, { env: { TOKEN: "from-the-environment" } });
    expect(ended.status).toBe(0);
    expect(ended.stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain("from-the-environment");
  });

  it("keeps all outputs from being written when one of them holds it", async () => {
    const ended = await run({ mode: "leak" }, { key: true });
    expect(ended.status).toBe(1);
    expect(ended.outputs).toEqual([]);
    expect(errors(ended)).toEqual([
      expect.stringContaining('title=OUTPUT_SECRET::OUTPUT_SECRET the output "note" contains a secret'),
    ]);
  });
});

describe("a cancelled job on GitHub", () => {
  it("stops the step, which is no bug", async () => {
    const ended = await run({ mode: "wait" }, { signals: [{ when: "\nwaiting", signal: "SIGINT" }] });
    expect(ended.status).toBe(4);
    expect(errors(ended)).toEqual([
      expect.stringMatching(/^::error title=STOPPED::STOPPED the run was stopped by SIGINT%0A→ /),
    ]);
    expect(stackLines(ended.stdout)).toEqual([]);
  });

  it("ends a step that does not listen with the second signal", async () => {
    const ended = await run(
      { mode: "deaf" },
      {
        signals: [
          { when: "\nwaiting", signal: "SIGINT" },
          { when: "SIGINT: stopping", signal: "SIGTERM" },
        ],
      },
    );
    expect(ended.status).toBe(143);
    expect(ended.outputs).toEqual([]);
  });
});

describe("a clean-up on GitHub", () => {
  const env = { GITHUB_ACTIONS: "true", GITHUB_RUN_ID: "77" };

  it("reads what the run saved", async () => {
    const ended = await start("cleanup", { env: { ...env, STATE_scratch: "scratch of 77\nsecond line" } });
    expect(ended).toMatchObject({ status: 0, stdout: "cleaning up: scratch of 77\nsecond line\n", stderr: "" });
  });

  it("does nothing when nothing was saved", async () => {
    expect(await start("cleanup", { env })).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("only warns when it fails", async () => {
    const ended = await start("cleanup", { env: { ...env, STATE_scratch: "spoilt" } });
    expect(ended.status).toBe(0);
    expect(ended.stdout).toMatch(
      /^::warning title=INTERNAL::the clean-up failed: INTERNAL there is no state%0A→ .+\n$/,
    );
  });
});
