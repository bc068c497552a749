/** What Tekton's own validation lets pass and a Task of ours must not do. */

import type { TektonTask } from "./tekton-task.ts";

/**
 * Names by which Tekton Chains finds what a Task has built (chains docs, "Type hinting"). It matches the end of a
 * name, so a result that only happens to end so would be signed as an image.
 */
const chainsNames =
  /(?:IMAGE_URL|IMAGE_DIGEST|ARTIFACT_URI|ARTIFACT_DIGEST|ARTIFACT_OUTPUTS|ARTIFACT_INPUTS)$|^IMAGES$/;

/** One line for each fault; empty when the Task is sound. */
export function lintTask(task: TektonTask): readonly string[] {
  return [
    ...substitutions(task),
    ...forbiddenKeys(task),
    ...params(task),
    ...results(task),
    ...environment(task),
    ...volumes(task),
  ].map((fault) => `${task.metadata.name}: ${fault}`);
}

/** Params are text from outside: they may become the value of a variable or the name of a volume, nothing else. */
function substitutions(task: TektonTask): readonly string[] {
  const declared = new Set([
    ...task.spec.params.map(({ name }) => `params.${name}`),
    ...task.spec.results.map(({ name }) => `results.${name}.path`),
    ...task.spec.workspaces.flatMap(({ name }) => [`workspaces.${name}.path`, `workspaces.${name}.bound`]),
    ...["context.taskRun.uid", "context.taskRun.name", "context.taskRun.namespace"],
    ...["context.task.name", "context.task.retry-count"],
  ]);
  const faults: string[] = [];
  const used = new Set<string>();
  for (const { place, text } of texts(task)) {
    for (const [whole, reference = ""] of text.matchAll(/\$\(([^()]*)\)/g)) {
      used.add(reference);
      const allowed = /^spec\.steps\.\d+\.env\.\d+\.value$|^spec\.volumes\./.test(place);
      if (!allowed) faults.push(`${place} holds ${whole}; only values of variables and volumes may`);
      else if (!declared.has(reference)) faults.push(`${place} holds ${whole}, which the Task does not declare`);
    }
  }
  for (const { name } of task.spec.params) {
    if (!used.has(`params.${name}`)) faults.push(`the param ${name} is used nowhere`);
  }
  return faults;
}

function forbiddenKeys(task: TektonTask): readonly string[] {
  const reasons: Readonly<Record<string, string>> = {
    script: "Tekton puts params into scripts as text",
    runAsUser: "OpenShift gives each namespace its own range of users",
    privileged: "no step needs it",
  };
  return nodes(task).flatMap(({ place, key }) => {
    const reason = Object.hasOwn(reasons, key) ? reasons[key] : undefined;
    return reason === undefined ? [] : [`${place} is set: ${reason}`];
  });
}

function params(task: TektonTask): readonly string[] {
  // Tekton's documentation says that names do not differ by case; its code refuses only equal ones.
  return duplicates(task.spec.params.map(({ name }) => name.toLowerCase())).map(
    (name) => `two params are called ${name}, in whatever case`,
  );
}

function results(task: TektonTask): readonly string[] {
  const written = new Set(task.spec.steps.flatMap(({ env }) => env.map(({ value }) => value)));
  return task.spec.results.flatMap(({ name }) => {
    const faults: string[] = [];
    if (!written.has(`$(results.${name}.path)`)) faults.push(`no variable says where the result ${name} is written`);
    if (chainsNames.test(name)) faults.push(`Tekton Chains would take the result ${name} for an image to sign`);
    return faults;
  });
}

function environment(task: TektonTask): readonly string[] {
  return task.spec.steps.flatMap(({ name, env, image }) => {
    const names = env.map((variable) => variable.name);
    const faults = duplicates(names).map((duplicate) => `the step ${name} sets ${duplicate} twice`);
    const firstOther = names.findIndex((variable) => !variable.startsWith("INPUT_"));
    if (names.slice(Math.max(firstOther, 0)).some((variable) => variable.startsWith("INPUT_"))) {
      faults.push(`the step ${name} sets an INPUT_ variable after others: the kubelet could put those into it`);
    }
    for (const needed of ["HOME", "TMPDIR"]) {
      if (!names.includes(needed)) faults.push(`the step ${name} does not set ${needed}`);
    }
    if (!/@sha256:[0-9a-f]{64}$|:\d+\.\d+\.\d+[^/:]*$/.test(image)) faults.push(`${image} is no fixed version`);
    return faults;
  });
}

function volumes(task: TektonTask): readonly string[] {
  const declared = task.spec.volumes.map(({ name }) => name);
  const mounted = task.spec.steps.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
  return [
    ...mounted.filter((name) => !declared.includes(name)).map((name) => `the mounted volume ${name} is not declared`),
    ...declared.filter((name) => !mounted.includes(name)).map((name) => `the volume ${name} is mounted nowhere`),
  ];
}

function duplicates(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function texts(task: TektonTask): readonly { place: string; text: string }[] {
  return nodes(task).flatMap(({ place, value }) => (typeof value === "string" ? [{ place, text: value }] : []));
}

/** Every value below `value`, with the dotted path to it. */
function nodes(value: unknown, above = ""): readonly { place: string; key: string; value: unknown }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const place = above === "" ? key : `${above}.${key}`;
    return [{ place, key, value: child }, ...nodes(child, place)];
  });
}
