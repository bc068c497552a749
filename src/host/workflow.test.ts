import { describe, expect, it } from "vitest";
import { commandLineAdapter } from "./command/adapter.ts";
import { githubAdapter } from "./github.ts";
import { tektonAdapter } from "./tekton.ts";
import { githubWorkflow, tektonWorkflow } from "./workflow.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const github = {
  GITHUB_RUN_ID: "123",
  GITHUB_SERVER_URL: "https://github.example",
  GITHUB_API_URL: "https://github.example/api/v3/",
  GITHUB_REPOSITORY: "o/r",
  GITHUB_WORKFLOW_REF: "o/r/.github/workflows/release.yml@refs/heads/main",
  GITHUB_SHA: commit,
  GITHUB_REF: "refs/heads/main",
  GITHUB_ACTOR: "octocat",
  GITHUB_EVENT_NAME: "workflow_dispatch",
};
const builder = "https://github.example/o/r/.github/workflows/release.yml@refs/heads/main";

describe("on GitHub", () => {
  it("is the workflow at its ref, with all that the runner says of it", () => {
    expect(githubAdapter(github).place().run.workflow).toEqual({
      builder,
      repository: "https://github.example/o/r",
      commit,
      ref: "refs/heads/main",
      actor: "octocat",
      trigger: "workflow_dispatch",
      api: "https://github.example/api/v3",
    });
  });

  it.each([
    ["repository", { GITHUB_REPOSITORY: undefined }],
    ["commit", { GITHUB_SHA: "" }],
    ["commit", { GITHUB_SHA: "main" }],
    ["commit", { GITHUB_SHA: commit.slice(1) }],
    ["ref", { GITHUB_REF: " " }],
    ["actor", { GITHUB_ACTOR: "octo\ncat" }],
    ["trigger", { GITHUB_EVENT_NAME: undefined }],
    ["api", { GITHUB_API_URL: "api.github.example" }],
    ["api", { GITHUB_API_URL: "file:///etc" }],
    ["api", { GITHUB_API_URL: "https://user:word@github.example" }],
  ])("has no %s where the runner says %j", (name, change) => {
    const whole = githubWorkflow(github);
    const workflow = githubWorkflow({ ...github, ...change });
    expect(whole).toHaveProperty(name);
    expect(workflow).not.toHaveProperty(name);
    expect(workflow?.builder).toBe(builder);
  });

  it.each([{ GITHUB_WORKFLOW_REF: "" }, { GITHUB_SERVER_URL: "github.example" }])("is not known with %j", (change) => {
    expect(githubWorkflow({ ...github, ...change })).toBeUndefined();
  });
});

describe("on Tekton", () => {
  const task = { SLIPWAY_RUN_ID: "0a", SLIPWAY_NAMESPACE: "ml", SLIPWAY_TASK: "slipway-attest" };

  it("is the Task in its namespace", () => {
    expect(tektonAdapter({ ...task, SLIPWAY_TASK_RUN: "attest-x7" }).place().run.workflow).toEqual({
      builder: "urn:slipway:builder:tekton:ml:slipway-attest",
      invocation: "ml/attest-x7",
    });
  });

  it("does without the names of a Task that is written in its run", () => {
    const workflow = tektonWorkflow({ ...task, SLIPWAY_TASK: "", SLIPWAY_TASK_RUN: "" });
    expect(workflow).toEqual({ builder: "urn:slipway:builder:tekton:ml" });
  });

  it("is not known to Tasks that do not say their namespace", () => {
    expect(tektonWorkflow({ SLIPWAY_RUN_ID: "0a" })).toBeUndefined();
  });
});

it("on the command line there is none, whatever the environment holds", () => {
  const adapter = commandLineAdapter({ texts: {}, json: false, debug: false }, github);
  expect(adapter.place().run.workflow).toBeUndefined();
});
