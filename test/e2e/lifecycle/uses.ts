import { slipway } from "../../support/command-line.ts";

const purposes = ["promote", "deploy", "rollback", "serve", "audit"] as const;

/** How each purpose is answered: `accepted`, or the code and the exit status of the refusal. */
type Uses = Readonly<Record<(typeof purposes)[number], string>>;

const accepted = "accepted";
const notPermitted = "STATE_NOT_PERMITTED 3";
const revoked = "RELEASE_REVOKED 3";
const nothingFollows = "TRANSITION_NOT_ALLOWED 3";

/**
 * What DESIGN 5.5 says that a release may be used for. For `promote` it depends on what the next transition asks for:
 * here nothing of it is there yet; with all of it the answer is `accepted`, which the story checks on its way.
 */
export const usesInState = {
  experimental: { promote: "GATE_UNMET 3", deploy: notPermitted, rollback: notPermitted, serve: accepted },
  staging: { promote: "GATE_UNMET 3", deploy: notPermitted, rollback: notPermitted, serve: accepted },
  production: { promote: "GATE_UNMET 3", deploy: accepted, rollback: accepted, serve: accepted },
  held: { promote: "GATE_UNMET 3", deploy: "RELEASE_HELD 3", rollback: "RELEASE_HELD 3", serve: accepted },
  retired: { promote: "GATE_UNMET 3", deploy: notPermitted, rollback: notPermitted, serve: accepted },
  archived: { promote: nothingFollows, deploy: notPermitted, rollback: notPermitted, serve: notPermitted },
  revoked: { promote: nothingFollows, deploy: revoked, rollback: revoked, serve: revoked },
} as const;

/** What is seen: the state that every purpose is told, and the answers. */
export async function usesOf(work: string, reference: string, environment = "production") {
  const answers = await Promise.all(purposes.map((purpose) => useOf(work, reference, purpose, environment)));
  const states = new Set(answers.map(({ state }) => state));
  const [promote = "", deploy = "", rollback = "", serve = "", audit = ""] = answers.map(({ answer }) => answer);
  const uses: Uses = { promote, deploy, rollback, serve, audit };
  return { state: [...states].join(" or "), ...uses };
}

/** What is expected: an auditor is told everything and refused nothing. */
export function usesExpected(state: keyof typeof usesInState) {
  return { state: state === "held" ? "production" : state, ...usesInState[state], audit: accepted };
}

/** One purpose, with the rules that `verify` shows a warning for. */
export async function useOf(work: string, reference: string, purpose: string, environment = "production") {
  const where = ["--policy", "release-policy.yaml", "--environment", environment];
  const answer = await slipway(["verify", reference, "--for", purpose, ...where], work);
  const { outputs, error } = answer.json();
  const warnings = [...answer.stdout.matchAll(/\["([a-z -]+)","! warning","((?:[^"\\]|\\.)*)"\]/g)];
  return {
    state: outputs["state"] ?? "",
    answer: error === undefined && answer.code === 0 ? accepted : `${error?.code} ${answer.code}`,
    warnings: warnings.map(([, rule = "", finding = ""]) => `${rule}: ${finding}`),
  };
}
