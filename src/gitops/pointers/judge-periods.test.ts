import { describe, expect, it } from "vitest";
import type { Pin, State } from "../../evidence/index.ts";
import { chainOf, dossierOf, evidence, now, otherRelease, policyOf, signer } from "../../lifecycle/fixtures/release.ts";
import type { Environment } from "../../lifecycle/index.ts";
import { type Digest, ociError } from "../../oci/index.ts";
import { holdOf, pinOf } from "../fixtures/deployment.ts";
import { type JudgingContext, judgePeriods } from "./judge-periods.ts";
import type { PinnedRelease } from "./read-pinned.ts";
import type { Period } from "./timeline.ts";

const environment: Environment = {
  name: "live",
  states: ["production"],
  movers: ["platform-lead"],
  repository: undefined,
  branch: undefined,
  pointers: [],
};
const subjectOf = (version: string): Digest => otherRelease(version).subject;

function periodsOf(...versions: readonly (string | undefined)[]): readonly Period[] {
  return versions.map((version, index) => ({
    pin: version === undefined ? undefined : pinOf(version, { subject: subjectOf(version) }),
    unreadable: undefined,
    commit: String(index),
    since: now,
    author: "erin",
    subject: "Change",
    trailers: new Map(),
  }));
}

function releaseOf(
  version: string,
  states: readonly State[] = ["staging", "production"],
  more: Partial<PinnedRelease> = {},
): PinnedRelease {
  const release = otherRelease(version);
  const dossier = dossierOf({ ...release, evidence: [evidence("cosignSignature", {}, signer("builder"))] });
  return { dossier, chain: chainOf(states, release), siblings: [], source: "registry", gone: false, ...more };
}

/** Judges periods, and remembers what was read. */
async function judge(
  periods: readonly Period[],
  { releases = {}, ...more }: Partial<JudgingContext> & { releases?: Record<string, () => PinnedRelease> } = {},
) {
  const reads: string[] = [];
  const read = async ({ version }: Pin) => {
    reads.push(version);
    return releases[version]?.() ?? releaseOf(version);
  };
  const context = { read, environment, policy: policyOf({}, { ledger: true }), held: [], now, ...more };
  const { judged, releases: known } = await judgePeriods(periods, context);
  const of = (version: string) => {
    const found = judged.get(subjectOf(version));
    return found?.kind === "unfit" ? found.why : found?.kind === "unread" ? `unread ${found.error.code}` : found?.kind;
  };
  return { reads, judged, of, known };
}

describe("a release that ran before", () => {
  it.each<[string, () => PinnedRelease, unknown]>([
    ["in production", () => releaseOf("1.0.0"), "fit"],
    ["in staging", () => releaseOf("1.0.0", ["staging"]), expect.stringMatching(/^STATE_NOT_PERMITTED /)],
    ["never promoted", () => releaseOf("1.0.0", []), expect.stringMatching(/^STATE_NOT_PERMITTED /)],
    [
      "retired",
      () => releaseOf("1.0.0", ["staging", "production", "retired"]),
      expect.stringMatching(/^STATE_NOT_PERMITTED /),
    ],
    [
      "revoked",
      () => releaseOf("1.0.0", ["staging", "production", "revoked"]),
      expect.stringMatching(/^RELEASE_REVOKED /),
    ],
    [
      "not signed",
      () => releaseOf("1.0.0", undefined, { dossier: dossierOf(otherRelease("1.0.0")) }),
      expect.stringMatching(/^RELEASE_UNSIGNED /),
    ],
    ["read from Git, its store out of reach", () => releaseOf("1.0.0", undefined, { source: "Git" }), "fit"],
    ["gone from its store", () => releaseOf("1.0.0", undefined, { gone: true }), "its store does not have it any more"],
    [
      "revoked, and gone from its store",
      () => releaseOf("1.0.0", ["revoked"], { gone: true }),
      expect.stringMatching(/^RELEASE_REVOKED /),
    ],
    [
      "altered in its store",
      () => {
        throw ociError("STORE_CORRUPT", "the manifest was altered");
      },
      "STORE_CORRUPT the manifest was altered",
    ],
    [
      "behind a lock",
      () => {
        throw ociError("STORE_BUSY", "the store is busy");
      },
      "unread STORE_BUSY",
    ],
  ])("%s", async (_, release, expected) => {
    const { of } = await judge(periodsOf("1.0.0"), { releases: { "1.0.0": release } });
    expect(of("1.0.0")).toEqual(expected);
  });

  it("is out when it is held", async () => {
    const { of } = await judge(periodsOf("1.0.0", "1.1.0"), {
      held: [holdOf("1.0.0", { subject: subjectOf("1.0.0") })],
    });
    expect([of("1.0.0"), of("1.1.0")]).toEqual([expect.stringMatching(/^RELEASE_HELD .*Latency/), "fit"]);
  });

  it("hides no bug in reading it", async () => {
    const failing = judge(periodsOf("1.0.0"), {
      releases: {
        "1.0.0": () => {
          throw new TypeError("a bug");
        },
      },
    });
    await expect(failing).rejects.toThrow("a bug");
  });
});

describe("what is read", () => {
  it("is each release once, newest first, and nothing for periods of nothing", async () => {
    const { reads, known } = await judge(periodsOf("1.2.0", undefined, "1.1.0", "1.2.0", "1.0.0", "1.1.0"));
    expect(reads).toEqual(["1.2.0", "1.1.0", "1.0.0"]);
    expect([...known.keys()]).toEqual(["1.2.0", "1.1.0", "1.0.0"].map(subjectOf));
  });

  it("is what was asked for before all others", async () => {
    const { reads } = await judge(periodsOf("1.2.0", "1.1.0", "1.0.0"), { first: "1.0.0" });
    expect(reads).toEqual(["1.0.0", "1.2.0", "1.1.0"]);
  });

  it("goes on after one that cannot be read", async () => {
    const releases = {
      "1.1.0": () => {
        throw ociError("STORE_BUSY", "the store is busy");
      },
    };
    const { reads, known } = await judge(periodsOf("1.1.0", "1.0.0"), { releases });
    expect(reads).toEqual(["1.1.0", "1.0.0"]);
    expect([...known.keys()]).toEqual([subjectOf("1.0.0")]);
  });

  it("is at most twenty, and one of them is what was asked for, however old", async () => {
    const versions = Array.from({ length: 25 }, (_, index) => `1.${25 - index}.0`);
    const { reads, of, judged } = await judge(periodsOf(...versions), { first: "1.1.0" });
    expect(reads).toEqual(["1.1.0", ...versions.slice(0, 19)]);
    expect([judged.size, of("1.1.0"), of("1.7.0"), of("1.6.0")]).toEqual([
      25,
      "fit",
      "fit",
      "only the last 20 releases are examined",
    ]);
  });
});
