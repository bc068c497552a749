import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import {
  demand,
  documentsIn,
  identityParty,
  keyParty,
  requestOf,
  summaryDemand,
  trustedRoot,
} from "./fixtures/request.ts";
import { clusterImagePolicy, trustRoot } from "./fixtures/resources.ts";
import { policyControllerFiles } from "./policy-controller.ts";

function read(request: ReturnType<typeof requestOf>) {
  const [file, root, ...more] = policyControllerFiles(request);
  expect(more).toEqual([]);
  const policies = documentsIn(file?.text ?? "").map((document) => clusterImagePolicy.parse(document));
  return { file, policies, root: root && trustRoot.parse(documentsIn(root.text)[0]) };
}

const byIdentity = demand({ keys: [], identities: [identityParty("gha")] });

describe("policy-controller", () => {
  it("gets two policies, which both must hold, each with any of its keys", () => {
    const keys = [keyParty("ci"), keyParty("ci-2027")];
    const { file, policies, root } = read(requestOf({ signature: demand({ keys }) }));
    expect(file?.name).toBe("policy-controller-production.yaml");
    expect(root).toBeUndefined();
    const [signed, promoted] = policies;
    expect(signed).toMatchObject({
      metadata: { name: "slipway-production-signed" },
      spec: {
        images: [{ glob: "registry.example.com/models/**" }],
        authorities: [
          { name: "ci", signatureFormat: "legacy" },
          { name: "ci-2027", signatureFormat: "legacy" },
        ],
      },
    });
    expect(signed?.spec.authorities.map(({ attestations }) => attestations)).toEqual([undefined, undefined]);
    expect(promoted).toMatchObject({
      metadata: { name: "slipway-production-promoted" },
      spec: {
        authorities: [
          {
            name: "pat",
            attestations: [
              {
                predicateType: "https://slsa.dev/verification_summary/v1",
                policy: { data: expect.stringContaining('list.MatchN(>0, "SLIPWAY_STAGE_PRODUCTION")') },
              },
            ],
          },
        ],
      },
    });
  });

  it("gets keys and identities side by side, the latter by the public instance", () => {
    const { policies, root } = read(requestOf({ signature: demand({ identities: byIdentity.identities }) }));
    expect(policies[0]?.spec.authorities).toMatchObject([
      { name: "ci", signatureFormat: "legacy" },
      {
        name: "gha",
        signatureFormat: "bundle",
        keyless: {
          url: "https://fulcio.sigstore.dev",
          identities: [{ issuer: "https://issuer.example", subject: "gha@example.com" }],
        },
        ctlog: { url: "https://rekor.sigstore.dev" },
        attestations: [{ predicateType: "https://sigstore.dev/cosign/sign/v1" }],
      },
    ]);
    expect(root).toBeUndefined();
  });

  it("gets the policy's trusted root, when there are identities, and asks for a time stamp", () => {
    const { policies, root } = read(requestOf({ signature: byIdentity }, { trustedRoot: trustedRoot() }));
    const trustRootRef = "slipway-production";
    expect(policies[0]?.spec.authorities).toMatchObject([
      { name: "gha", keyless: { url: "https://fulcio.example", trustRootRef }, rfc3161timestamp: { trustRootRef } },
    ]);
    expect(root?.metadata).toEqual({ name: trustRootRef });
    expect(root?.spec.sigstoreKeys).toMatchObject({
      certificateAuthorities: [{ uri: "https://fulcio.example" }],
      tLogs: [{ baseURL: "https://rekor.example" }],
      ctLogs: [{ baseURL: "https://ct.example" }],
      timestampAuthorities: [{ uri: "https://tsa.example" }],
    });
    expect(read(requestOf({}, { trustedRoot: trustedRoot() })).root).toBeUndefined();
  });

  it("asks for no certificate log where the instance has none, and only there", () => {
    const without = read(requestOf({ signature: byIdentity }, { trustedRoot: trustedRoot({ ctlogs: [] }) }));
    expect(without.policies[0]?.spec.authorities).toMatchObject([{ keyless: { insecureIgnoreSCT: true } }]);
    const logged = read(requestOf({ signature: byIdentity }, { trustedRoot: trustedRoot() }));
    expect(logged.file?.text).not.toContain("insecureIgnoreSCT");
    expect(logged.file?.text).toContain("refuses certificates that must be in a certificate log");
  });

  it("leaves out identities with conditions that it does not check, and nobody else", () => {
    const identities = [identityParty("plain"), identityParty("bound", { environment: "release" })];
    const { file } = read(requestOf({ signature: demand({ identities }) }));
    expect(file?.text).toContain('"bound" is left out: its environment cannot be asked for');
    expect(file?.text).toContain("plain@example.com");
    expect(file?.text).not.toContain("bound@example.com");
  });

  it("is refused a policy that nobody could satisfy", async () => {
    await expectError("ADMISSION_NOBODY", () =>
      policyControllerFiles(requestOf({ summary: summaryDemand({ keys: [] }) })),
    );
  });

  it("is told that namespaces are not for its policies to choose", () => {
    const { file } = read(requestOf({}, { namespaceLabel: { name: "environment", value: "production" } }));
    expect(file?.text).toContain("environment=production belongs into the webhook's namespaceSelector");
  });
});
