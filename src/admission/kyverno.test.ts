import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import {
  demand,
  documentsIn,
  identityParty,
  keyLines,
  keyParty,
  requestOf,
  summaryDemand,
} from "./fixtures/request.ts";
import { clusterPolicy } from "./fixtures/resources.ts";
import { parseImageGlob } from "./image-glob.ts";
import { kyvernoFile } from "./kyverno.ts";

function read(request: ReturnType<typeof requestOf>) {
  const { name, text } = kyvernoFile(request);
  const documents = documentsIn(text);
  expect(documents).toHaveLength(1);
  return { name, text, policy: clusterPolicy.parse(documents[0]) };
}

/** Names of the rules, with how each looks for evidence. */
const rulesIn = ({ policy }: ReturnType<typeof read>) =>
  policy.spec.rules.map(({ name, verifyImages }) => ({ name, ...verifyImages[0] }));

describe("Kyverno", () => {
  it("asks for a signature by any of the keys, and for a summary that says the stage was passed", () => {
    const keys = [keyParty("ci"), keyParty("ci-2027")];
    const file = read(requestOf({ signature: demand({ keys }) }));
    expect(file.name).toBe("kyverno-production.yaml");
    const [signed, promoted] = rulesIn(file);
    expect(signed).toMatchObject({
      name: "signed",
      type: "Cosign",
      imageReferences: ["registry.example.com/models/*"],
    });
    expect(signed?.attestors?.[0]?.entries).toHaveLength(2);
    for (const party of keys) expect(JSON.stringify(signed?.attestors)).toContain(keyLines(party));
    expect(signed?.attestations).toBeUndefined();
    expect(promoted).toMatchObject({ name: "promoted", type: "Cosign" });
    expect(promoted?.attestations).toMatchObject([
      {
        type: "https://slsa.dev/verification_summary/v1",
        conditions: [
          {
            all: [
              { key: "{{ verificationResult }}", operator: "Equals", value: "PASSED" },
              {
                key: "{{ length(verifiedLevels[?@ == 'SLIPWAY_STAGE_PRODUCTION']) }}",
                operator: "GreaterThan",
                value: 0,
              },
            ],
          },
        ],
      },
    ]);
    expect(JSON.stringify(promoted?.attestations)).toContain(keyLines(keyParty("pat")));
    expect(JSON.stringify(promoted)).not.toContain(keyLines(keyParty("ci")));
  });

  it("takes any level that the environment permits", () => {
    const levels = ["SLIPWAY_STAGE_STAGING", "SLIPWAY_STAGE_PRODUCTION"];
    const { text } = read(requestOf({ summary: summaryDemand({ levels }) }));
    expect(text).toContain("verifiedLevels[?@ == 'SLIPWAY_STAGE_STAGING' || @ == 'SLIPWAY_STAGE_PRODUCTION']");
  });

  it("looks at image volumes and at every kind of container, of pods themselves", () => {
    const { policy } = read(requestOf());
    for (const { imageExtractors } of policy.spec.rules) {
      expect(imageExtractors.Pod.map(({ path, value }) => `${path}.${value}`)).toEqual([
        "/spec/containers/*.image",
        "/spec/initContainers/*.image",
        "/spec/ephemeralContainers/*.image",
        "/spec/volumes/*/image.reference",
      ]);
    }
    expect(policy.metadata.annotations).toEqual({ "pod-policies.kyverno.io/autogen-controllers": "none" });
  });

  it("asks for the statement that means a signature, where there are identities and no keys", () => {
    const subject = "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*";
    const signature = demand({ keys: [], identities: [identityParty("gha", { subject })] });
    const [signed, promoted] = rulesIn(read(requestOf({ signature })));
    expect(signed).toMatchObject({
      type: "SigstoreBundle",
      attestations: [{ type: "https://sigstore.dev/cosign/sign/v1" }],
    });
    expect(signed?.attestors).toBeUndefined();
    expect(signed?.attestations?.[0]?.attestors[0]?.entries).toEqual([
      {
        keyless: {
          issuer: "https://issuer.example",
          subjectRegExp: "^https://github\\.com/acme/[^/]*/\\.github/workflows/release\\.yml@refs/tags/v[^/]*$",
        },
      },
    ]);
    expect(promoted?.type).toBe("Cosign");
  });

  it("leaves out identities beside keys, and those with conditions that it does not check, and says so", () => {
    const identities = [
      identityParty("plain"),
      identityParty("bound", { repository: "acme/seg", runner: "self-hosted" }),
    ];
    const beside = read(requestOf({ signature: demand({ identities }) }));
    expect(beside.text).toContain('"plain" is left out: a rule takes keys or identities, and there are keys');
    expect(beside.text).toContain('"bound" is left out: its repository, runner cannot be asked for');
    expect(beside.text).not.toContain("@example.com");
    const alone = read(requestOf({ signature: demand({ keys: [], identities }) }));
    expect(alone.text).toContain("subject: plain@example.com");
    expect(alone.text).not.toContain("bound@example.com");
  });

  it("refuses to write a policy that nobody could satisfy", async () => {
    const bound = [identityParty("bound", { ref: "refs/heads/main" })];
    for (const demands of [
      { signature: demand({ keys: [] }) },
      { signature: demand({ keys: [], identities: bound }) },
      { summary: summaryDemand({ keys: [] }) },
    ]) {
      await expectError("ADMISSION_NOBODY", () => kyvernoFile(requestOf(demands)));
    }
  });

  it("has one rule only where no promotion is asked for", () => {
    const file = read(requestOf({ summary: undefined, states: ["experimental"] }));
    expect(rulesIn(file).map(({ name }) => name)).toEqual(["signed"]);
    expect(file.text).toContain("# No verification summary is asked for");
  });

  it("says at the top what it cannot see, who is left out and until when it holds", () => {
    const signature = demand({
      leftOut: ['"old" was valid only until 2026-01-01T00:00:00.000Z'],
      ending: [{ name: "ci", until: new Date("2027-01-01T00:00:00Z") }],
    });
    const shared = [{ name: "pat", state: "staging" as const }];
    const request = requestOf({ signature, summary: summaryDemand({ shared }) });
    const top = read({ ...request, images: parseImageGlob("registry.example.com/models/*") }).text.split(
      "apiVersion:",
    )[0];
    for (const said of [
      "revocations, holds and retirement",
      'Left out: "old" was valid only until 2026-01-01T00:00:00.000Z.',
      '"ci" counts until 2027-01-01T00:00:00.000Z only',
      '"pat" may promote to staging too',
      "a single * covers deeper paths",
      ".sig and .att",
    ]) {
      expect(top).toContain(said);
    }
  });

  it("chooses namespaces by their label", () => {
    const namespaceLabel = { name: "environment", value: "production" };
    const { policy } = read(requestOf({}, { namespaceLabel }));
    for (const { match } of policy.spec.rules) {
      expect(match.any[0]?.resources.namespaceSelector).toEqual({ matchLabels: { environment: "production" } });
    }
  });
});
