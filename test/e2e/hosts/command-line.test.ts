import { spawnSync } from "node:child_process";
import { realpath } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { shellWord } from "../../../src/host/command/shell-word.ts";
import { programPath, revealed, type Start, scratch, secretLines, stackLines, start } from "./processes.ts";

const digest = `sha256:${"5f".repeat(32)}`;

async function slipway(args: readonly string[], options: Start = {}) {
  return start("slipway", { ...options, args });
}

/** The only JSON value on stdout; anything beside it is an error. */
async function json(args: readonly string[], options: Start = {}) {
  const ended = await slipway([...args, "--json"], options);
  expect(ended.stdout.match(/\n/g)).toHaveLength(1);
  return { ...ended, object: JSON.parse(ended.stdout) as unknown };
}

describe("slipway", () => {
  it("shows the summary on stdout and the rest on stderr", async () => {
    await using directory = await scratch();
    const ended = await slipway(["fixture", "oci:out/store/seg", "--labels", "a", "--labels", "b,c", "--no-strict"], {
      cwd: directory.path,
    });
    expect(ended.status).toBe(0);
    expect(ended.stdout).toMatch(/^Did one thing of every kind in cli\n\n {2}Subject {4}sha256:5f/);
    expect(ended.stdout).toMatch(/\n {2}Run {8}local-[0-9a-z]{8,}-[0-9a-z]{4}, attempt 1\n/);
    expect(ended.stdout).toContain("\n  labels      a + b + c\n");
    expect(ended.stderr).toMatch(
      new RegExp(
        `^Looking around\n {2}directory ${await realpath(directory.path)}\nwarning: the card is old\ncleaning up: scratch of local-.*\nsecond line\n$`,
      ),
    );
  });

  it("shows debug lines when asked", async () => {
    expect((await slipway(["fixture", "oci:a", "--debug"])).stderr).toContain("\n  only for the curious\n");
  });

  it("reads SOURCE_DATE_EPOCH, and secrets from the environment", async () => {
    const env = { SOURCE_DATE_EPOCH: "1763700000", TOKEN: "from-the-environment" };
    const ended = await slipway(["fixture", "oci:a", "--signing-key", "env://TOKEN"], { env });
    expect(ended.stdout).toContain("\n  Epoch      1763700000\n");
    expect(ended.stdout).toContain("\n  Key        read: ***\n");
  });

  it.each([
    [["--help"], 0, "stdout"],
    [["fixture", "--help"], 0, "stdout"],
    [["--version"], 0, "stdout"],
    [[], 2, "stderr"],
  ] as const)("%j ends with %d and prints on %s only", async (args, status, stream) => {
    const ended = await slipway(args);
    expect(ended.status).toBe(status);
    expect(ended[stream]).not.toBe("");
    expect(ended[stream === "stdout" ? "stderr" : "stdout"]).toBe("");
  });

  it("lists only the steps that run here", async () => {
    const { stdout } = await slipway(["--help"]);
    expect(stdout).toContain("\n  fixture  Do one thing");
    expect(stdout).not.toContain("only-on-tekton");
  });

  it("has no line over 80 columns in its help", async () => {
    for (const args of [["--help"], ["fixture", "--help"]]) {
      const { stdout } = await slipway(args);
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it("goes on when nobody reads its output", async () => {
    const ended = await slipway(["fixture", "oci:a"], { closeStdout: true });
    expect(ended.status).toBe(0);
    expect(ended.stderr).not.toContain("EPIPE");
  });

  it.each([[[]], [["--json"]]])("fails when its output cannot be written (%j)", async (flags) => {
    const ended = await slipway(["fixture", "oci:a", ...flags], { stdoutTo: "/dev/full" });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain("the output could not be written: ENOSPC");
  });

  it("indents groups", async () => {
    const ended = await slipway(["fixture", "oci:a", "--mode", "nested"]);
    expect(ended.stderr).toContain("\nOuter\n  Inner\n    inside\n  between\n");
  });

  it("is not kept alive by what a step forgot", async () => {
    expect((await slipway(["fixture", "oci:a", "--mode", "linger"])).status).toBe(0);
  });
});

describe("a failure of slipway", () => {
  it.each([
    [["fixture"], 2, "INPUT_MISSING"],
    [["fixture", "oci:a", "--mode", "nonsense"], 2, "INPUT_INVALID"],
    [["fixture", "oci:a", "--mode"], 2, "INPUT_MISSING"],
    [["fixture", "oci:a", "--nonsense", "x"], 2, "INPUT_UNKNOWN"],
    [["nonsense"], 2, "STEP_UNKNOWN"],
    [["only-on-tekton"], 2, "STEP_UNKNOWN"],
    [["fixture", "oci:a", "--mode", "refuse"], 3, "GATE_CLOSED"],
    [["fixture", "oci:a", "--mode", "temporary"], 4, "REGISTRY_BUSY"],
    [["fixture", "oci:a", "--mode", "crash"], 1, "INTERNAL"],
    [["fixture", "oci:a", "--mode", "stray"], 1, "INTERNAL"],
    [["fixture", "oci:a", "--mode", "known-bug"], 1, "FIXTURE_BROKEN"],
  ])("%j ends with %d and %s, in words and as JSON", async (args, status, code) => {
    const inWords = await slipway(args);
    expect(inWords.status).toBe(status);
    expect(inWords.stderr).toMatch(new RegExp(`(^|\\n)${code} [^\\n]+\\n( {2}[^\\n]+\\n)*→ [^\\n]+\\n`));
    expect(stackLines(inWords.stderr).length > 0).toBe(status === 1);
    expect(stackLines(inWords.stdout)).toEqual([]);

    const inJson = await json(args);
    expect(inJson.status).toBe(status);
    expect(inJson.object).toMatchObject({
      ok: false,
      step: code === "STEP_UNKNOWN" && args[0] === "nonsense" ? null : args[0],
      outputs: status === 3 ? { subject: digest } : {},
      error: {
        code,
        family: { 1: "bug", 2: "configuration", 3: "refused", 4: "temporary" }[status],
        message: expect.any(String),
        remedy: expect.any(String),
        details: expect.any(Array),
      },
    });
    expect(inJson.stderr).toContain(code);
    expect(stackLines(inJson.stdout)).toEqual([]);
  });

  it("names the step in a remedy that tells how to get help", async () => {
    const { stderr } = await slipway(["fixture", "oci:a", "--max-vram", "0"]);
    expect(stderr).toBe(
      [
        'INPUT_INVALID the input "max-vram" is "0"; expected a number of at least 1',
        "→ Write the input as its description says; `slipway fixture --help` shows an example.\n",
      ].join("\n"),
    );
  });
});

describe("--json", () => {
  it("is one object with typed outputs and the summary", async () => {
    const { object, status, stderr } = await json(["fixture", "oci:a", "--note", "n"]);
    expect(status).toBe(0);
    expect(object).toEqual({
      ok: true,
      step: "fixture",
      outputs: { note: "n", bytes: 64_000_000, "is-strict": true, subject: digest },
      summary: expect.objectContaining({ title: "Did one thing of every kind in cli" }),
    });
    expect(stderr).toContain("warning: the card is old");
  });

  it("has the summary of a refusal beside its error", async () => {
    const { object } = await json(["fixture", "oci:a", "--mode", "refuse"]);
    expect(object).toMatchObject({
      summary: { title: "Did one thing of every kind in cli" },
      error: { message: "accuracy 0.71 is below 0.80", remedy: "Open the gate.", details: ["accuracy: 0.71 < 0.80"] },
    });
  });
});

describe("a secret of slipway", () => {
  it.each(["success", "refuse", "temporary", "crash", "stray", "known-bug", "leak"])(
    "is shown nowhere (%s)",
    async (mode) => {
      await using directory = await scratch();
      const args = ["fixture", "oci:a", "--mode", mode, "--signing-key", directory.key, "--debug"];
      const inWords = await slipway(args);
      expect(inWords.stderr).toContain("the key is ***");
      expect(revealed(inWords.stdout + inWords.stderr)).toEqual([]);
      const inJson = await json(args);
      expect(revealed(inJson.stdout + inJson.stderr)).toEqual([]);
    },
  );

  it("is refused on the command line itself, without being repeated", async () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${secretLines.join("\n")}\n-----END PRIVATE KEY-----`;
    const ended = await slipway(["fixture", "oci:a", "--signing-key", pem]);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain("SECRET_INLINE ");
    expect(revealed(ended.stdout + ended.stderr)).toEqual([]);
  });
});

describe("a stopped slipway", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("tells a first %s to the step", async (signal) => {
    const args = ["fixture", "oci:a", "--mode", "wait"];
    const { status, object, stderr } = await json(args, { signals: [{ when: "waiting", signal }] });
    expect(status).toBe(4);
    expect(object).toMatchObject({
      ok: false,
      error: { code: "STOPPED", message: `the run was stopped by ${signal}` },
    });
    expect(stderr).toContain(`warning: ${signal}: stopping; a second one ends it at once\ncleaning up: `);
    expect(stackLines(stderr)).toEqual([]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends at once with a second %s", async (signal, status) => {
    const ended = await slipway(["fixture", "oci:a", "--mode", "deaf"], {
      signals: [
        { when: "waiting", signal },
        { when: "stopping; a second one", signal },
      ],
    });
    expect(ended.status).toBe(status);
    expect(ended.stdout).toBe("");
  });
});

// util-linux's `script` is the only terminal at hand; without it there is nothing to look at.
describe.skipIf(spawnSync("script", ["--version"]).status !== 0)("slipway on a terminal", () => {
  function onTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
    const command = [process.execPath, programPath("slipway"), ...args].map(shellWord).join(" ");
    const { stdout } = spawnSync("script", ["-qec", `stty cols 80 rows 24; ${command}`, "/dev/null"], {
      env: { PATH: process.env["PATH"] ?? "", TERM: "xterm-256color", ...env },
      encoding: "utf8",
    });
    return stdout.replaceAll("\r\n", "\n");
  }

  it("shows a bar that moves, lines above it, and nothing of it at the end", () => {
    const shown = onTerminal(["fixture", "oci:a", "--mode", "progress"]);
    const frames = stripVTControlCharacters(shown)
      .split("\n")
      .filter((line) => line.startsWith("push layers"));
    expect(frames.length).toBeGreaterThan(5);
    expect(
      frames.some((frame) => /^push layers {5}█+░+ {3}\d\d% +\d\.\d\d\/2\.70 GB +\d+ MB\/s +\ds left$/.test(frame)),
    ).toBe(true);
    expect(frames.filter((frame) => frame.length > 79)).toEqual([]);
    expect(shown).toContain("half of it is there\n");
    expect(screen(shown)).not.toMatch(/push layers|read the index|░/);
    expect(screen(shown)).toContain("half of it is there\ncleaning up: ");
    // Hiding it is what could go wrong.
    expect(shown).not.toContain("\u001b[?25l");
  });

  it("leaves nothing of a bar behind when the step crashes under it", () => {
    const shown = onTerminal(["fixture", "oci:a", "--mode", "stray"]);
    expect(shown).toContain("░");
    expect(screen(shown)).not.toContain("░");
    expect(screen(shown)).toContain("INTERNAL thrown where nobody listens");
  });

  it("is coloured, unless that was turned off", () => {
    const red = "\u001b[1m\u001b[31mINPUT_MISSING\u001b[39m\u001b[22m ";
    expect(onTerminal(["fixture"])).toContain(red);
    expect(onTerminal(["fixture"], { NO_COLOR: "1" })).not.toContain("\u001b[");
  });

  it("breaks no line of an error in the middle of a word", () => {
    const lines = stripVTControlCharacters(onTerminal(["fixture", "oci:a", "--mode", "nonsense"]))
      .trimEnd()
      .split("\n");
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

/** What stays on the screen after all cursor movements that `log-update` makes. */
function screen(printed: string): string {
  const lines = [""];
  let row = 0;
  for (const [, code, text] of printed.matchAll(/\u001b\[([?0-9;]*[A-Za-z])|([^\u001b]+)/g)) {
    if (code === "1A" || code === "A") row -= 1;
    else if (code === "2K" || code === "K") lines[row] = "";
    else if (text !== undefined) {
      for (const [at, part] of text.split("\n").entries()) {
        if (at > 0) row += 1;
        lines[row] = (lines[row] ?? "") + part;
      }
    }
  }
  return lines.join("\n");
}
