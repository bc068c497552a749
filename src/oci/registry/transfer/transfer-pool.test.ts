import { writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { TransferPool } from "./transfer-pool.ts";

let root: Temporary;
let started: number;
const count = (): void => {
  started += 1;
};

beforeEach(async () => {
  root = await temporaryDirectory();
  started = 0;
  process.on("worker", count);
});
afterEach(async () => {
  process.off("worker", count);
  await root[Symbol.asyncDispose]();
});

it("starts a thread for each transfer that is expected, and not more than it may have", async () => {
  const pool = new TransferPool({ threads: 2 });
  pool.expect();
  await nextTurn();
  expect(started).toBe(1);
  for (let more = 0; more < 5; more += 1) pool.expect();
  await nextTurn();
  expect(started).toBe(2);
});

it("uses the thread that was started for what was expected", async () => {
  const pool = new TransferPool({ threads: 2 });
  pool.expect();
  const path = root.at("received");
  await writeFile(path, "weights");
  const beginning = { path, to: 7, size: 7 };
  const { received } = await pool.run({ kind: "hash", beginning }, () => {}, new AbortController().signal);
  expect(received?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(started).toBe(1);
});
