import { defineErrors } from "../errors/index.ts";

export const policyError = defineErrors("Release policy", {
  POLICY_TOO_LARGE: {
    family: "configuration",
    meaning: "The release policy is larger than 256 KiB, or has more than 100 000 words and signs.",
    remedy: "Keep to roles, transitions, waivers and environments; texts for people belong elsewhere.",
  },
  POLICY_EMPTY: {
    family: "configuration",
    meaning: "The release policy is empty, or has comments only.",
    remedy: "Write at least `roles`, with the keys that may act in each.",
  },
  POLICY_SYNTAX: {
    family: "configuration",
    meaning: "The release policy is not YAML 1.2 in UTF-8.",
    remedy: "Correct the line; everything below it may be read differently once it is right.",
  },
  POLICY_UNSUPPORTED: {
    family: "configuration",
    meaning: "The release policy uses a part of YAML that another reader may understand differently.",
    remedy: "Use plain YAML: one document, keys that are text, values written out.",
  },
  POLICY_DUPLICATE_KEY: {
    family: "configuration",
    meaning: "A key stands twice in one mapping of the release policy; readers disagree about which one counts.",
    remedy: "Remove one of the two.",
  },
  POLICY_UNKNOWN_KEY: {
    family: "configuration",
    meaning: "The release policy has a key, or a gate, that does not exist at this place.",
    remedy: "Correct the key or remove the line.",
  },
  POLICY_INVALID: {
    family: "configuration",
    meaning: "A value in the release policy is missing or not of the form that its key takes.",
    remedy: "Correct the value; schemas/release-policy.json says what each key takes.",
  },
  POLICY_CONFLICT: {
    family: "configuration",
    meaning: "Two places in the release policy do not fit together, such as a role that is named and has no keys.",
    remedy: "Correct one of the two places; nothing is decided by a policy that contradicts itself.",
  },
});

const wayOut =
  "Find out which link is right, and let somebody who may promote to its state join both sides: `promote --resolve`.";

export const chainError = defineErrors("Promotion chains", {
  CHAIN_GAP: {
    family: "refused",
    meaning: "A link of a release's promotion chain names a link before it that is not there.",
    remedy:
      "Bring the missing link back from the ledger's history or from another copy of the release; if it is lost, revoke the release.",
  },
  CHAIN_FORKED: {
    family: "refused",
    meaning: "Two links of a release's promotion chain follow the same link: two promotions were made at once.",
    remedy: `${wayOut} When both lie in the ledger, somebody changed it by hand: take the wrong one out in a commit.`,
  },
  CHAIN_FOREIGN: {
    family: "refused",
    meaning: "Among the links of a release lies one of another release.",
    remedy:
      "Remove the link from this release's ledger or referrers, and find out who put it there; `promote --resolve` cannot join it.",
  },
  CHAIN_DIVERGED: {
    family: "refused",
    meaning: "The ledger and the store do not have the same links of a release's promotion chain.",
    remedy: wayOut,
  },
  CHAIN_UNAUTHORISED: {
    family: "refused",
    meaning: "A link of a promotion chain was signed by a key that the policy does not allow for this transition.",
    remedy:
      "Remove the link, or correct the policy if the key does have this role; `promote --resolve` cannot give it authority.",
  },
  CHAIN_INVALID: {
    family: "refused",
    meaning: "A link of a promotion chain does not follow from the one before it.",
    remedy:
      "Put the ledger back to its last commit in which this chain held; if there is none, revoke the release with `promote --resolve`.",
  },
  STATE_MOVED: {
    family: "refused",
    meaning: "Somebody else promoted the release since it was looked at.",
    remedy: "Look at what it is now with `slipway promote --plan`, and promote again if that is still meant.",
  },
  CHAIN_UNREADABLE: {
    family: "refused",
    meaning: "What orders a release's promotion chain, the ledger or without one the store, could not be read.",
    remedy: "Make the ledger that the policy names reachable; without it nothing is known about the release's state.",
  },
});

export const promotionError = defineErrors("Promotion and purpose", {
  TRANSITION_NOT_ALLOWED: {
    family: "refused",
    meaning: "A release does not go from its state to the one that was asked for.",
    remedy: "Take the steps in order: experimental, staging, production, retired, archived; or revoke it.",
  },
  ROLE_REQUIRED: {
    family: "refused",
    meaning: "The key that was used has no role that the policy allows for this transition.",
    remedy: "Let somebody with one of the roles do it, or add the key to the role in the release policy.",
  },
  GATE_UNMET: {
    family: "refused",
    meaning: "At least one gate of a transition is not met and not waived.",
    remedy: "Provide what the details ask for, then run the same promotion again.",
  },
  RELEASE_UNSIGNED: {
    family: "refused",
    meaning: "The release has no signature by a key that may sign releases and counts for this purpose.",
    remedy: "Sign it with `slipway sign`, with a key of a role that the policy's signature gate names.",
  },
  STATE_NOT_PERMITTED: {
    family: "refused",
    meaning: "The release's state is not one that this environment or purpose permits.",
    remedy: "Promote the release first, or choose another one.",
  },
  EVIDENCE_LOST: {
    family: "refused",
    meaning:
      "A statement that the release's last promotion stands on is neither in the store nor in the ledger's pack.",
    remedy: "Copy the release again, with its evidence, from a store that still has it, or revoke it.",
  },
  RELEASE_REVOKED: {
    family: "refused",
    meaning: "The release was revoked; it may not be used anywhere.",
    remedy: "Use another release; the advisory of the revocation says why.",
  },
  RELEASE_HELD: {
    family: "refused",
    meaning: "The release is on hold in this environment, by a rollback.",
    remedy: "Use another release, or lift the hold once its reason is gone.",
  },
  HOLDS_UNREADABLE: {
    family: "refused",
    meaning: "The environment's holds could not be read, so a release that was rolled back could be deployed again.",
    remedy: "Make the environment's repository reachable and run it again.",
  },
});
