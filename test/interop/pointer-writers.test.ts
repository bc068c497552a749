import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { bareRepository, git } from "../support/git.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { pointerFiles, pointers } from "./support/pointers.ts";

const writers = 20;
const share = 3;
const kills = 25;
const script = resolve(import.meta.dirname, "fixtures/pointer-writer.ts");

/* Invariant 10 of the design, with processes that are killed at any moment and started again. */
it("20 writers on 8 pointers, killed at random: every accepted change is in history exactly once", {
  timeout: 300_000,
}, async () => {
  await using root = await temporaryDirectory();
  const bare = bareRepository(root.at("."), "gitops", pointerFiles);
  const journalOf = (writer: number) => root.at(`journal-${writer}`);
  const running = new Map<number, ChildProcess>();
  let failures = "";
  const work = Array.from({ length: writers }, async (_, writer) => {
    for (;;) {
      const args = [script, bare, String(writer), String(share), journalOf(writer)];
      const child = spawn(process.execPath, args, {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, TMPDIR: root.at(".") },
      });
      running.set(writer, child);
      let stderr = "";
      child.stderr?.on("data", (chunk) => (stderr += String(chunk)));
      const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
        child.on("close", (...ended) => done(ended)),
      );
      running.delete(writer);
      if (code === 0) return;
      if (signal !== "SIGKILL") {
        failures += stderr;
        return;
      }
    }
  });
  let killed = 0;
  const killing = (async () => {
    while (killed < kills) {
      await setTimeout(150 + Math.random() * 500);
      const alive = [...running.values()];
      if (alive.length === 0) return;
      const victim = alive[Math.floor(Math.random() * alive.length)];
      if (victim?.kill("SIGKILL") === true) killed += 1;
    }
  })();
  await Promise.all(work);
  await killing;
  expect(failures).toBe("");
  expect(killed).toBeGreaterThan(kills / 2);

  const format = "%(trailers:key=Token,key=Pointer,key=Previous,key=Now,valueonly,separator=%x09)";
  const history = git(bare, "log", "--reverse", `--format=${format}`, "main").split("\n").filter(Boolean);
  const moves = history.map((line) => line.split("\t"));
  const tokens = moves.map(([token]) => token);
  // Nothing twice, merged or rebased.
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(git(bare, "log", "--merges", "--format=%H", "main")).toBe("");
  const journals = Array.from({ length: writers }, (_, writer) =>
    existsSync(journalOf(writer)) ? readFileSync(journalOf(writer), "utf8").trim().split("\n") : [],
  );
  const accepted = journals
    .flat()
    .flatMap((line) => (line.startsWith("accepted ") ? [line.slice("accepted ".length)] : []));
  expect(accepted).toHaveLength(writers * share);
  for (const token of accepted) expect(tokens).toContain(token);
  // Nothing that nobody meant.
  const meant = new Set(
    journals.flat().flatMap((line) => (line.startsWith("intent ") ? [String(JSON.parse(line.slice(7)).token)] : [])),
  );
  for (const token of tokens) expect(meant).toContain(token);
  // Each move followed from the one before it: none was lost in between.
  for (const pointer of pointers) {
    let now = "none";
    for (const [, name, previous, next = ""] of moves) {
      if (name !== pointer.name) continue;
      expect(previous).toBe(now);
      now = next;
    }
    const index = pointer.name.slice("model-".length);
    const text = git(bare, "show", `main:${pointer.file}`);
    const block = text.slice(text.indexOf(`m${index}:`));
    if (now !== "none") expect(block.slice(0, 400)).toContain(now);
  }
  expect(git(bare, "show", "main:a/values.yaml").match(/# checked/g)).toHaveLength(4);
});
