import { expect, it } from "vitest";
import type { Promotion } from "../../src/evidence/index.ts";
import type { Signer } from "../../src/lifecycle/index.ts";
import { digestOf } from "../../src/oci/index.ts";
import { commitMessage, joinMessage } from "./message.ts";

const subject = digestOf("the release");
const statement = digestOf("the link");
const signer: Signer = {
  fingerprint: "f".repeat(64),
  name: "lena",
  roles: ["platform-lead"],
  from: undefined,
  until: undefined,
};
const promotion: Promotion = {
  name: "retina/seg",
  version: "1.1.0",
  variant: "jetson",
  sequence: 2,
  from: "staging",
  to: "production",
  previous: [digestOf("before")],
  evidence: [{ gate: "owner", finding: "owned by vision-team@example.com" }],
  waivers: [],
  policy: digestOf("policy"),
  role: "platform-lead",
  promotedOn: "2026-06-01T12:00:00Z",
  run: { id: "4711", attempt: 2 },
};

it("says who moved what, why, on which evidence, and beside which champion", () => {
  const told = {
    ...promotion,
    reason: "A week of shadow traffic.",
    champion: { subject: digestOf("champion"), version: "1.0.0" },
    waivers: [
      {
        gate: "scan",
        statement: digestOf("waiver"),
        signer: signer.fingerprint,
        role: "security",
        reason: "No scanner yet.",
        until: "2026-09-30T23:59:59Z",
      },
    ],
    run: { ...promotion.run, url: "https://ci.example.com/4711" },
  };
  expect(commitMessage(told, { subject, statement, signer })).toEqual({
    subject: "Promote retina/seg 1.1.0 (jetson) to production",
    body: [
      "platform-lead/lena moved retina/seg 1.1.0 (jetson) from staging to production.",
      "Why: A week of shadow traffic.",
      "The champion was 1.0.0.",
      "",
      "* owner: owned by vision-team@example.com",
      "* scan: WAIVED by security until 2026-09-30: No scanner yet.",
    ].join("\n"),
    trailers: [
      ["Action", "promote"],
      ["Model-Name", "retina/seg"],
      ["Model-Version", "1.1.0"],
      ["Model-Variant", "jetson"],
      ["Model-Digest", subject],
      ["State", "production"],
      ["Previous-State", "staging"],
      ["Approved-By", "platform-lead/lena"],
      ["Evidence-Digest", statement],
      ["Reason", "A week of shadow traffic."],
      ["Run", "4711 attempt 2"],
      ["Run-Url", "https://ci.example.com/4711"],
    ],
  });
});

it("says nothing of what was not said", () => {
  const { body, trailers } = commitMessage(promotion, { subject, statement, signer });
  expect(body).toBe(
    [
      "platform-lead/lena moved retina/seg 1.1.0 (jetson) from staging to production.",
      "It is the first release of this variant.",
      "",
      "* owner: owned by vision-team@example.com",
    ].join("\n"),
  );
  expect(trailers.map(([name]) => name)).not.toContain("Reason");
  expect(trailers.map(([name]) => name)).not.toContain("Run-Url");
});

it("names both parents of a link that joins two histories", () => {
  const parents = [digestOf("one"), digestOf("other")];
  const joined = { ...promotion, previous: parents, reason: "Both were right." };
  const { subject: line, body } = joinMessage(subject, signer)({ promotion: joined, statement });
  expect(line).toBe("Join the promotions of retina/seg 1.1.0 (jetson) as production");
  expect(body).toBe(
    [
      "platform-lead/lena decided that it is production, after two histories:",
      ...parents.map((digest) => `* ${digest}`),
      "Why: Both were right.",
    ].join("\n"),
  );
});
