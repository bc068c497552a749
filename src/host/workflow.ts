import type { Workflow } from "../contract/index.ts";
import type { Environment } from "./environment.ts";

/**
 * What GitHub's runner says of the workflow; undefined when it does not say which one it is. The runner has no variable
 * for the Environment of a job.
 */
export function githubWorkflow(env: Environment): Workflow | undefined {
  const server = webAddress(env["GITHUB_SERVER_URL"]);
  const repository = text(env["GITHUB_REPOSITORY"]);
  const workflow = text(env["GITHUB_WORKFLOW_REF"]);
  if (server === undefined || workflow === undefined) return undefined;
  return {
    builder: `${server}/${workflow}`,
    ...known({
      repository: repository === undefined ? undefined : `${server}/${repository}`,
      commit: commitOf(env["GITHUB_SHA"]),
      ref: text(env["GITHUB_REF"]),
      actor: text(env["GITHUB_ACTOR"]),
      trigger: text(env["GITHUB_EVENT_NAME"]),
      api: webAddress(env["GITHUB_API_URL"]),
    }),
  };
}

/** What the generated Task says of its run; undefined when it was generated before it said so. */
export function tektonWorkflow(env: Environment): Workflow | undefined {
  const namespace = text(env["SLIPWAY_NAMESPACE"]);
  if (namespace === undefined) return undefined;
  const taskRun = text(env["SLIPWAY_TASK_RUN"]);
  const task = text(env["SLIPWAY_TASK"]);
  const names = ["urn:slipway:builder:tekton", namespace, ...(task === undefined ? [] : [task])];
  return {
    builder: names.join(":"),
    ...known({ invocation: taskRun === undefined ? undefined : `${namespace}/${taskRun}` }),
  };
}

function text(value: string | undefined): string | undefined {
  const trimmed = value?.trim() ?? "";
  return trimmed === "" || /\p{Cc}/u.test(trimmed) || trimmed.length > 1000 ? undefined : trimmed;
}

function webAddress(value: string | undefined): string | undefined {
  const address = text(value)?.replace(/\/+$/, "");
  return address !== undefined && /^https?:\/\/[^\s/@?#]+(?:\/[^\s?#]*)?$/.test(address) ? address : undefined;
}

function commitOf(value: string | undefined): string | undefined {
  return value !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) ? value : undefined;
}

/** The members that are known. */
function known(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
