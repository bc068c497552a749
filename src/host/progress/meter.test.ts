import { expect, it } from "vitest";
import { createMeter } from "./meter.ts";

function meterAt(total: number | undefined) {
  let time = 0;
  const meter = createMeter(total, () => time);
  return {
    pass(milliseconds: number, bytes: number) {
      time += milliseconds;
      meter.advance(bytes);
    },
    read: meter.read,
  };
}

it("knows no rate in the first second", () => {
  const meter = meterAt(1000);
  meter.pass(900, 500);
  expect(meter.read()).toEqual({ done: 500, total: 1000, bytesPerSecond: undefined, remainingMilliseconds: undefined });
});

it("guesses the rest from the rate", () => {
  const meter = meterAt(1000);
  meter.pass(1000, 100);
  meter.pass(1000, 100);
  expect(meter.read()).toEqual({ done: 200, total: 1000, bytesPerSecond: 100, remainingMilliseconds: 8000 });
});

it("forgets how fast it was ten seconds ago", () => {
  const meter = meterAt(1_000_000);
  for (let second = 0; second < 20; second += 1) meter.pass(1000, 10_000);
  for (let second = 0; second < 12; second += 1) meter.pass(1000, 0);
  expect(meter.read()).toMatchObject({ done: 200_000, bytesPerSecond: 0, remainingMilliseconds: undefined });
});

it("guesses nothing without a total, nor after the end", () => {
  const endless = meterAt(undefined);
  endless.pass(2000, 500);
  expect(endless.read()).toEqual({
    done: 500,
    total: undefined,
    bytesPerSecond: 250,
    remainingMilliseconds: undefined,
  });
  const over = meterAt(100);
  over.pass(2000, 500);
  expect(over.read().remainingMilliseconds).toBeUndefined();
});
