import { describe, expect, it } from "vitest";
import type { Promotion, State } from "../evidence/index.ts";
import { championOf, isFirstRelease, type Sibling } from "./champion.ts";
import { chainOf, hoursAgo, linkAfter, otherRelease, release } from "./fixtures/release.ts";
import type { ReleaseIdentity } from "./release.ts";

const sibling = (version: string, states: readonly State[], variant?: string): Sibling => {
  const of = otherRelease(version, variant);
  return { ...of, chain: chainOf(states, of) };
};

/** In production since a time. */
function live(of: ReleaseIdentity, promotedOn: string, more: Partial<Promotion> = {}): Sibling {
  const chain = chainOf(["staging"], of);
  const link = linkAfter(chain.links[0], "production", { of, promotedOn, ...more });
  return { ...of, chain: { ...chain, links: [...chain.links, link], state: "production" } };
}

describe("the champion", () => {
  it("is the release in production that came there last, whatever its version", () => {
    const siblings = [
      live(otherRelease("2.3.0"), "2026-05-02T00:00:00Z"),
      live(otherRelease("2.2.0"), "2026-05-02T00:00:00.500Z"),
      live(otherRelease("2.5.0"), "2026-05-01T23:59:59Z"),
    ];
    expect(championOf(siblings, release)?.version).toBe("2.2.0");
  });

  it("is of two that came at once the one with the longer chain, then the higher version", () => {
    const at = hoursAgo(1);
    const [low, high, long] = [
      live(otherRelease("2.9.0"), at),
      live(otherRelease("2.10.0"), at),
      live(otherRelease("1.0.0"), at, { sequence: 3 }),
    ];
    expect(championOf([low, high], release)).toBe(high);
    expect(championOf([high, low], release)).toBe(high);
    expect(championOf([low, high, long], release)).toBe(long);
    const odd = live(otherRelease("not a version"), at);
    expect(championOf([odd, low], release)).toBe(odd);
  });

  it("did not come there by a link that only joined two sides", () => {
    const first = live(otherRelease("2.3.0"), hoursAgo(50));
    const joining = linkAfter(first.chain.links.at(-1), "production", { of: first, promotedOn: hoursAgo(1) });
    const joined = { ...first, chain: { ...first.chain, links: [...first.chain.links, joining] } };
    const second = live(otherRelease("2.4.0"), hoursAgo(20));
    expect(championOf([joined, second], release)).toBe(second);
  });

  it.each<[string, Sibling[]]>([
    ["there is no other", []],
    ["the only one is the candidate", [{ ...release, chain: chainOf(["staging", "production"]) }]],
    [
      "others are not in production",
      [sibling("1.0.0", ["staging"]), sibling("0.9.0", ["staging", "production", "retired"])],
    ],
    ["another was revoked", [sibling("1.0.0", ["staging", "production", "revoked"])]],
    ["it is another variant", [sibling("1.0.0", ["staging", "production"], "orin")]],
    ["it is another model", [{ ...sibling("1.0.0", ["staging", "production"]), name: "other" }]],
  ])("is none when %s", (_, siblings) => {
    expect(championOf(siblings, release)).toBeUndefined();
  });

  it("was there once, unless it is the first release", () => {
    expect(isFirstRelease([], release)).toBe(true);
    expect(isFirstRelease([sibling("1.0.0", ["staging"])], release)).toBe(true);
    expect(isFirstRelease([sibling("1.0.0", ["staging", "production", "retired"])], release)).toBe(false);
  });
});
