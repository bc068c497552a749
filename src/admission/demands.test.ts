import { describe, expect, it } from "vitest";
import type { State } from "../evidence/index.ts";
import { pemOf, policyOf } from "../lifecycle/fixtures/release.ts";
import { demandsOf } from "./demands.ts";
import { now } from "./fixtures/request.ts";

const key = (name: string, more: object = {}) => ({ name, key: pemOf(name), ...more });
const environment = (...states: State[]) => ({ name: "live", states });

/** The usual policy, with other members in some roles. */
function policyWith(roles: Readonly<Record<string, object[]>>, more: object = {}) {
  const usual = ["builder", "evaluator", "scanner", "mlops-engineer", "platform-lead", "model-owner", "security"];
  const named = Object.fromEntries(usual.map((role) => [role, [key(`${role}-key`)]]));
  return policyOf({ roles: { ...named, ...roles }, ...more });
}

describe("what an environment demands", () => {
  it("is a signature by who signs releases, and the summary by who promotes to the state", () => {
    const { signature, summary } = demandsOf(policyOf(), environment("production"), now);
    expect(signature).toMatchObject({
      roles: ["builder"],
      keys: [{ name: "builder-key" }],
      identities: [],
      leftOut: [],
    });
    expect(summary).toMatchObject({
      roles: ["platform-lead"],
      keys: [{ name: "platform-lead-key", key: pemOf("platform-lead") }],
      state: "production",
      levels: ["SLIPWAY_STAGE_PRODUCTION"],
      shared: [],
    });
  });

  it.each<[State[], State, string[]]>([
    [["staging"], "staging", ["SLIPWAY_STAGE_STAGING"]],
    [["production", "staging"], "staging", ["SLIPWAY_STAGE_STAGING", "SLIPWAY_STAGE_PRODUCTION"]],
  ])("for %j is the summary of the earliest, which the later ones have too", (states, state, levels) => {
    expect(demandsOf(policyOf(), environment(...states), now).summary).toMatchObject({ state, levels });
  });

  it("is no summary where a release need not be promoted", () => {
    expect(demandsOf(policyOf(), environment("experimental", "staging"), now).summary).toBeUndefined();
  });

  it("follows the policy's own gates and roles", () => {
    const transitions = {
      staging: { roles: ["security"], gates: [{ signature: { signers: ["scanner", "builder"] } }] },
    };
    const { signature, summary } = demandsOf(policyOf({ transitions }), environment("staging"), now);
    expect(signature.keys.map(({ name }) => name)).toEqual(["scanner-key", "builder-key"]);
    expect(summary?.keys.map(({ name }) => name)).toEqual(["security-key"]);
  });
});

describe("who counts", () => {
  it("is any of several keys of a role, each once, while it is in force", () => {
    const builder = [
      key("one"),
      key("two", { until: "2026-06-01T12:00:01Z" }),
      key("past", { until: "2026-06-01T12:00:00Z" }),
      key("future", { from: "2026-06-01T12:00:01Z" }),
    ];
    const { signature } = demandsOf(policyWith({ builder }), environment("production"), now);
    expect(signature.keys.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(signature.leftOut).toEqual([
      '"past" was valid only until 2026-06-01T12:00:00.000Z',
      '"future" is valid only from 2026-06-01T12:00:01.000Z',
    ]);
    expect(signature.ending).toEqual([{ name: "two", until: new Date("2026-06-01T12:00:01Z") }]);
  });

  it("is nobody who evaluates releases, where releases are signed", () => {
    const lead = { name: "lead-key", key: pemOf("judge") };
    const transitions = { staging: { gates: [{ signature: { signers: ["platform-lead", "builder"] } }] } };
    const policy = policyWith({ evaluator: [key("judge")], "platform-lead": [lead] }, { transitions });
    const { signature, summary } = demandsOf(policy, environment("production"), now);
    expect(signature.keys.map(({ name }) => name)).toEqual(["builder-key"]);
    expect(signature.leftOut).toEqual(['"lead-key" is an evaluator, who cannot sign releases']);
    expect(summary?.keys.map(({ name }) => name)).toEqual(["lead-key"]);
  });

  it("tells which keys vouch for an earlier stage as well", () => {
    const both = key("both");
    const policy = policyWith({ "mlops-engineer": [both], "platform-lead": [both, key("lead")] });
    expect(demandsOf(policy, environment("production"), now).summary?.shared).toEqual([
      { name: "both", state: "staging" },
    ]);
    expect(demandsOf(policy, environment("staging"), now).summary?.shared).toEqual([]);
  });
});
