import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Stillness } from "./stillness.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("is noticed once, after the time and before half as long again", () => {
  const onStill = vi.fn();
  using _stillness = new Stillness(1000, onStill);
  vi.advanceTimersByTime(999);
  expect(onStill).not.toHaveBeenCalled();
  vi.advanceTimersByTime(502);
  expect(onStill).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(10_000);
  expect(onStill).toHaveBeenCalledOnce();
});

it("is none while something moves, and begins with the last movement", () => {
  const onStill = vi.fn();
  using stillness = new Stillness(1000, onStill);
  for (let time = 0; time < 100; time += 1) {
    stillness.moved();
    vi.advanceTimersByTime(900);
  }
  expect(onStill).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1501);
  expect(onStill).toHaveBeenCalledOnce();
});

it("is not noticed any more once nobody asks", () => {
  const onStill = vi.fn();
  new Stillness(1000, onStill)[Symbol.dispose]();
  vi.advanceTimersByTime(10_000);
  expect(onStill).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
