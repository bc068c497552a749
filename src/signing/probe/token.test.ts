import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { quickService } from "../../../test/support/keyless/quick-service.ts";
import { identityIssuer } from "../../../test/support/sigstore/identity-issuer.ts";
import { jsonReply, serve } from "../../../test/support/sigstore/serve.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { secretInEnvironment, secretInFile } from "../../contract/secret.ts";
import { expectedIdentities } from "./expected-identity.ts";
import { judgeToken, tryToken } from "./token.ts";

let root: Temporary;
beforeEach(async () => {
  root = await temporaryDirectory();
});
afterEach(() => root[Symbol.asyncDispose]());

const issuer = identityIssuer("https://issuer.test");
const { signal } = new AbortController();
const now = () => new Date();
const seconds = () => Math.floor(Date.now() / 1000);

async function ask(token: string) {
  await writeFile(root.at("token"), `${token}\n`, { mode: 0o600 });
  const masked: string[] = [];
  const host = { signal, now, mask: (text: string) => void masked.push(text) };
  const seen = await tryToken(secretInFile("token", root.path, "identity-token"), host, await quickService());
  return { seen, masked, found: judgeToken(seen, now()) };
}

it("is hidden, whatever is said of it", async () => {
  const token = issuer.token({ sub: "somebody" });
  const { seen, found, masked } = await ask(token);
  expect(masked).toContain(token);
  for (const part of token.split(".")) expect(JSON.stringify([seen, found])).not.toContain(part);
});

it.each([
  ["good", { sub: "s" }, "ok", "from https://issuer.test, for sigstore, and good for"],
  ["over", { sub: "s", exp: 1 }, "failed", "ran out"],
  ["nearly over", { sub: "s", exp: seconds() + 30 }, "warning", "runs out in"],
  ["for another", { sub: "s", aud: "vault" }, "warning", "for the audience vault"],
  ["for nobody", { sub: "s", aud: [] }, "warning", "nobody in particular"],
  ["for several", { sub: "s", aud: ["vault", "sigstore"] }, "ok", "for sigstore"],
  ["about nobody", {}, "failed", "no usable claim sub"],
])("that is %s", async (_, claims, status, words) => {
  const { found } = await ask(issuer.token(claims));
  expect(found).toMatchObject({ check: "identity token", status });
  expect(found.seen).toContain(words);
});

it("that is none is out of order", async () => {
  const { found } = await ask("no token at all");
  expect(found).toMatchObject({ status: "failed" });
  expect(JSON.stringify(found)).not.toContain("no token at all");
});

describe("without a file", () => {
  it("is asked for where the job's system gives them", async () => {
    const token = issuer.token({ sub: "somebody" });
    await using runner = await serve(() => jsonReply(200, { value: token }));
    const masked: string[] = [];
    const identityProvider = { url: runner.url.href, token: secretInEnvironment("T", { T: "the runner's" }) };
    const host = { signal, now, mask: (text: string) => void masked.push(text), identityProvider };
    const seen = await tryToken(undefined, host, await quickService());
    expect(judgeToken(seen, now())).toMatchObject({ status: "ok" });
    expect(runner.asked.map(({ path }) => path)).toEqual(["/?audience=sigstore"]);
    expect(masked).toEqual(["the runner's", token]);
  });

  it("is missed elsewhere", async () => {
    const seen = await tryToken(undefined, { signal, now, mask: () => {} }, await quickService());
    const found = judgeToken(seen, now());
    expect(found).toMatchObject({ status: "failed" });
    expect(found.advice).toContain("id-token: write");
  });
});

describe("whom a certificate will name", () => {
  const github = "https://token.actions.githubusercontent.com";
  const workflow = "acme/models/.github/workflows/release.yml@refs/heads/main";
  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ["a workflow", { iss: github, job_workflow_ref: workflow }, [`https://github.com/${workflow}`]],
    [
      "one of an enterprise",
      { iss: "https://git.acme.test/_services/token", job_workflow_ref: workflow },
      // What its certificates call it is for the authority's settings to say.
      [`https://git.acme.test/${workflow}`, `https://github.com/${workflow}`],
    ],
    [
      "a pipeline",
      { iss: "https://gitlab.com", ci_config_ref_uri: "gitlab.com/a/b//.gitlab-ci.yml@refs/heads/main" },
      ["https://gitlab.com/a/b//.gitlab-ci.yml@refs/heads/main"],
    ],
    [
      "a service account",
      {
        iss: "https://cluster.test",
        sub: "system:serviceaccount:ci:builder",
        "kubernetes.io": { namespace: "ci", serviceaccount: { name: "builder" } },
      },
      ["https://kubernetes.io/namespaces/ci/serviceaccounts/builder"],
    ],
    ["a person", { iss: "https://accounts.test", sub: "123", email: "ada@acme.test" }, ["ada@acme.test"]],
    ["a workload", { iss: "https://spire.test", sub: "spiffe://acme.test/ci" }, ["spiffe://acme.test/ci"]],
    ["who knows whom", { iss: "https://ci.test", sub: "org:acme:pipeline:models" }, []],
    ["nobody", { sub: "https://acme.test" }, []],
  ])("%s", (_, payload, subjects) => {
    expect(expectedIdentities(payload).map((identity) => identity.subject)).toEqual(subjects);
  });

  it("with what a policy may ask for", () => {
    const payload = {
      iss: github,
      job_workflow_ref: workflow,
      repository: "acme/models",
      ref: "refs/heads/main",
      event_name: "push",
      environment: "production",
      runner_environment: "github-hosted",
    };
    expect(expectedIdentities(payload).map(({ claims }) => claims)).toEqual([
      {
        workflow: `https://github.com/${workflow}`,
        repository: "https://github.com/acme/models",
        ref: "refs/heads/main",
        trigger: "push",
        environment: "production",
        runner: "github-hosted",
      },
    ]);
  });
});
