import { describe, expect, it } from "vitest";
import type { Host } from "../../src/contract/index.ts";
import type { FormC } from "../../src/formats/index.ts";
import { digestOf } from "../../src/oci/index.ts";
import { type AdrMetadata, encodeMetadata } from "../../src/release/index.ts";
import { expectError } from "../../test/support/refusal.ts";
import { planProvenance } from "./provenance.ts";

const now = new Date("2026-11-20T12:00:00Z");
const descriptor = (text: string) => ({ mediaType: "x", digest: digestOf(text), size: text.length });
const file = (path: string) => ({ path, mode: 0o644, blob: descriptor(path) });
const hex = (text: string) => digestOf(text).slice("sha256:".length);

const form: FormC = {
  name: "retina/seg",
  version: "2.4.1",
  variant: "jetson",
  owner: undefined,
  modelCard: undefined,
  config: descriptor("config"),
  files: [file("weights.bin"), file("README.md"), file("metadata.json")],
  size: 30,
};
const described: AdrMetadata = {
  name: form.name,
  version: form.version,
  variant: form.variant,
  model: { format: "safetensors", precision: "bf16" },
  capabilities: [],
  provenance: {},
  deployment: { targets: ["jetson"] },
};
const commit = "a".repeat(40);
const local: Pick<Host, "name" | "run"> = { name: "cli", run: { id: "local-1", attempt: 1, url: undefined } };
const url = "https://github.com/o/r/actions/runs/7/attempts/2";
const workflow = {
  builder: "https://github.com/o/r/.github/workflows/release.yml@refs/heads/main",
  repository: "https://github.com/o/r",
  commit,
  ref: "refs/heads/main",
  actor: "octocat",
  trigger: "push",
  api: "https://api.github.com",
};

function plan(provenance: AdrMetadata["provenance"] = {}, host = local) {
  return planProvenance({ form, metadata: encodeMetadata({ ...described, provenance }) }, host, now);
}

const files = [
  { name: "README.md", digest: { sha256: hex("README.md") } },
  { name: "weights.bin", digest: { sha256: hex("weights.bin") } },
];

describe("the provenance of a release", () => {
  it("on the command line names what went in, and claims no builder", () => {
    expect(plan()).toEqual({
      type: "https://slsa.dev/provenance/v1",
      check: "provenance",
      exact: false,
      predicate: {
        buildDefinition: {
          buildType: "urn:slipway:buildtype:package:v1",
          externalParameters: { name: "retina/seg", variant: "jetson", version: "2.4.1" },
          internalParameters: { host: "cli" },
          resolvedDependencies: files,
        },
        runDetails: {
          builder: { id: "urn:slipway:builder:cli" },
          metadata: { invocationId: "local-1/1", finishedOn: "2026-11-20T12:00:00.000Z" },
        },
      },
    });
  });

  it("in a workflow names it, its commit, and who started it", () => {
    const host = { name: "github" as const, run: { id: "7", attempt: 2, url, workflow } };
    expect(plan({}, host).predicate).toEqual({
      buildDefinition: {
        buildType: "urn:slipway:buildtype:package:v1",
        externalParameters: {
          name: "retina/seg",
          ref: "refs/heads/main",
          trigger: "push",
          variant: "jetson",
          version: "2.4.1",
        },
        internalParameters: { actor: "octocat", host: "github" },
        resolvedDependencies: [
          ...files,
          { uri: `git+https://github.com/o/r@${commit}`, digest: { gitCommit: commit } },
        ],
      },
      runDetails: {
        builder: { id: workflow.builder },
        metadata: { invocationId: url, finishedOn: "2026-11-20T12:00:00.000Z" },
      },
    });
  });

  const materials = (planned: ReturnType<typeof plan>) =>
    (planned.predicate["buildDefinition"] as { resolvedDependencies: unknown[] }).resolvedDependencies;

  it.each<[string, AdrMetadata["provenance"], object[]]>([
    [
      "the code",
      { codeRepository: "git@git.example.com:ml/seg.git", codeCommit: commit },
      [{ uri: `git+ssh://git@git.example.com/ml/seg.git@${commit}`, digest: { gitCommit: commit } }],
    ],
    ["a commit of who knows what", { codeCommit: commit }, [{ name: "code", digest: { gitCommit: commit } }]],
    ["a repository at no commit", { codeRepository: "https://git.example.com/seg" }, []],
    [
      "the data",
      {
        dataset: "retina",
        datasetVersion: "3",
        datasetUri: "s3://data/retina",
        datasetDigest: digestOf("data"),
      },
      [{ name: "dataset:retina@3", uri: "s3://data/retina", digest: { sha256: hex("data") } }],
    ],
    ["data that has a name", { dataset: "retina" }, [{ name: "dataset:retina", uri: "urn:slipway:dataset:retina" }]],
    [
      "the base model",
      { baseModel: "org/base at 1a2b" },
      [{ name: "base-model:org/base at 1a2b", uri: "urn:slipway:model:org%2Fbase%20at%201a2b" }],
    ],
  ])("names %s", (_, lineage, expected) => {
    expect(materials(plan(lineage))).toEqual(expect.arrayContaining([...files, ...expected]));
    expect(materials(plan(lineage))).toHaveLength(files.length + expected.length);
  });

  it("names a repository once that is the workflow's and the code's", () => {
    const host = { name: "github" as const, run: { id: "7", attempt: 2, url, workflow } };
    const lineage = { codeRepository: workflow.repository, codeCommit: commit };
    expect(materials(plan(lineage, host))).toHaveLength(files.length + 1);
  });

  it.each([{ name: "retina/other" }, { version: "2.4.0" }, { variant: "server" }])(
    "is not made of the metadata of %j",
    async (other) => {
      const metadata = encodeMetadata({ ...described, ...other });
      await expectError("PREDICATE_INVALID", () => planProvenance({ form, metadata }, local, now));
    },
  );
});
