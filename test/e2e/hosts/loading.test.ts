import { describe, expect, it } from "vitest";
import { type Environment, start } from "./processes.ts";

/** Prints the name of every package that is loaded. */
const spy = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1];
  if (name) process.stderr.write("loaded " + name + "\\n");
  if (url.endsWith("fixtures/step.ts")) process.stderr.write("loaded the step\\n");
  return next(url, context);
} });`;
const nodeFlags = ["--import", `data:text/javascript,${encodeURIComponent(spy)}`];

async function loaded(env: Environment, args?: readonly string[]): Promise<Set<string>> {
  const ended = await start(args === undefined ? "action" : "slipway", { env, args: args ?? [], nodeFlags });
  return new Set([...ended.stderr.matchAll(/^loaded (.+)$/gm)].map(([, name = ""]) => name));
}

const github = { GITHUB_ACTIONS: "true", GITHUB_RUN_ID: "1" };
const tekton = { SLIPWAY_HOST: "tekton", SLIPWAY_RUN_ID: "1" };

describe("a host loads only what it needs", () => {
  it("on GitHub", async () => {
    const names = await loaded({ ...github, INPUT_SUBJECT: "oci:a" });
    expect(names).toContain("@actions/core");
    expect(names).toContain("the step");
    expect(names).not.toContain("commander");
    expect(names).not.toContain("log-update");
  });

  it("on Tekton, also inside a GitHub runner", async () => {
    const names = await loaded({ ...github, ...tekton, INPUT_SUBJECT: "oci:a" });
    expect(names).toContain("the step");
    for (const name of ["@actions/core", "commander", "log-update"]) expect(names).not.toContain(name);
  });

  it("on the command line", async () => {
    const names = await loaded({}, ["fixture", "oci:a"]);
    expect(names).toContain("commander");
    expect(names).toContain("the step");
    for (const name of ["@actions/core", "log-update"]) expect(names).not.toContain(name);
  });

  it("and no step before its inputs are right", async () => {
    expect(await loaded(tekton)).not.toContain("the step");
    expect(await loaded({}, ["fixture"])).not.toContain("the step");
    expect(await loaded({}, ["--help"])).not.toContain("the step");
  });
});

it("an action outside of its hosts says what to use instead", async () => {
  const ended = await start("action", { env: { INPUT_SUBJECT: "oci:a" } });
  expect(ended).toEqual({
    status: 2,
    stdout: "",
    stderr: `HOST_UNKNOWN the action "fixture" was started outside GitHub Actions and Tekton
→ Use the command line instead: \`slipway fixture --help\`.
`,
  });
});
