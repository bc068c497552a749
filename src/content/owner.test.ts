import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { startFile } from "../../test/support/child.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { describeOwner, isOwnerToken, livenessOf, ownerToken } from "./owner.ts";

const [place, pid, start] = ownerToken().split("-");
const linux = process.platform === "linux";

test("this process lives, and its token stays the same", () => {
  expect(isOwnerToken(ownerToken())).toBe(true);
  expect(ownerToken()).toBe(`${place}-${process.pid}-${start}`);
  expect(livenessOf(ownerToken())).toBe("alive");
});

test("another process lives until it is killed", { timeout: 10_000 }, async () => {
  await using root = await temporaryDirectory();
  await using child = startFile(new URL("./fixtures/owner-process.ts", import.meta.url), [root.path, "x"]);
  const token = (await child.line()) ?? "";
  expect(token).not.toBe(ownerToken());
  expect(livenessOf(token)).toBe("alive");
  child.process.kill("SIGKILL");
  await child.ended;
  expect(livenessOf(token)).toBe("dead");
});

test.runIf(linux)("a process that stopped lives: nobody may go on in its place", { timeout: 10_000 }, async () => {
  await using root = await temporaryDirectory();
  await using child = startFile(new URL("./fixtures/owner-process.ts", import.meta.url), [root.path, "x"]);
  const token = (await child.line()) ?? "";
  child.process.kill("SIGSTOP");
  expect(livenessOf(token)).toBe("alive");
});

test.runIf(linux)("a process that has ended and that nobody has waited for is dead", async () => {
  // `exec` turns the shell, before its child has ended, into a program that never waits for that child.
  const parent = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(parent.stdout, "data");
  const zombie = String(line).trim();
  while (stateOf(zombie) !== "Z") await sleep(5);
  expect(livenessOf(`${place}-${zombie}-${startOf(zombie)}`)).toBe("dead");
  parent.kill("SIGKILL");
});

test.each([
  ["the PID was given to another process", `${place}-${pid}-${Number(start) + 1}`, linux ? "dead" : "alive"],
  ["no such PID, start time unknown", `${place}-4194304-0`, "dead"],
  ["start time unknown, so the PID decides", `${place}-${pid}-0`, "alive"],
  ["a process of another user, start time unknown", `${place}-1-0`, "alive"],
  ["another machine, boot or container", `0123456789ab-${pid}-${start}`, "elsewhere"],
  ["PID 0 would be this process's group", `${place}-0-0`, "elsewhere"],
  ["a PID that no system has", `${place}-99999999999999999999-1`, "elsewhere"],
  ["nothing", "", "elsewhere"],
  ["only zeros, after a power failure", "\0".repeat(64), "elsewhere"],
  ["a token and more", `${ownerToken()}\n`, "elsewhere"],
])("%s", (_, token, liveness) => {
  expect(livenessOf(token)).toBe(liveness);
});

test("a process is described for people", () => {
  expect(describeOwner(ownerToken())).toBe(`the process ${process.pid}`);
  expect(describeOwner(`0123456789ab-${pid}-${start}`)).toBe("a process on another machine or in another container");
  expect(describeOwner("what is this")).toBe("a process on another machine or in another container");
});

function stateOf(process: string): string | undefined {
  return fieldsOf(process)[0];
}

function startOf(process: string): string | undefined {
  return fieldsOf(process)[19];
}

function fieldsOf(process: string): string[] {
  const stat = readFileSync(`/proc/${process}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
