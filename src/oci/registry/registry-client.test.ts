import { afterEach, describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import type { Scope } from "./auth/index.ts";
import { type Script, type ScriptedRegistry, scriptedRegistry } from "./fixtures/scripted-registry.ts";
import { refusalOf } from "./refusal.ts";

const scope: Scope = { repository: "a/b", actions: ["pull"] };
const erin = { kind: "password", username: "erin", password: "pa55word" } as const;
let open: ScriptedRegistry[] = [];

afterEach(async () => {
  await Promise.all(open.map((registry) => registry[Symbol.asyncDispose]()));
  open = [];
});

async function serve(script: Script, options: Parameters<typeof scriptedRegistry>[1] = {}): Promise<ScriptedRegistry> {
  const registry = await scriptedRegistry(script, options);
  open.push(registry);
  return registry;
}

const get = (registry: ScriptedRegistry) => registry.client.call({ method: "GET", to: "/v2/a/b/tags/list", scope });

describe("a request", () => {
  it("does not follow a redirect to plain HTTP that the user did not name", async () => {
    const location = "http://storage.example.net/x";
    const registry = await serve((_, response) => void response.writeHead(307, { location }).end());
    const { message, remedy } = await expectError("REGISTRY_INSECURE", () => get(registry));
    expect(message).toBe(`${new URL(registry.url).host} leads to storage.example.net without encryption`);
    expect(remedy).toContain("add storage.example.net to plain-http");
    expect(registry.seen).toHaveLength(1);
  });

  it("does not go where an upload location leads without encryption", async () => {
    const registry = await serve((_, response) => void response.end());
    const to = new URL("http://192.0.2.1/v2/a/b/blobs/uploads/1");
    await expectError("REGISTRY_INSECURE", () => registry.client.call({ method: "PUT", to, scope }));
    expect(registry.seen).toEqual([]);
  });

  it("goes to hosts that the user named, and takes no credentials there", async () => {
    const storage = await serve((_, response) => void response.end("stored"));
    const location = `${storage.url.replace("127.0.0.1", "localhost")}/x`;
    const script: Script = ({ headers }, response) => {
      if (headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
      } else response.writeHead(307, { location }).end();
    };
    const registry = await serve(script, { credentials: erin, plainHttp: [new URL(location).host] });
    const answer = await get(registry);
    expect(Buffer.from(await answer.bytes(100)).toString()).toBe("stored");
    expect(registry.seen.map(({ authorization }) => authorization?.slice(0, 5))).toEqual([undefined, "Basic"]);
    expect(storage.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe("a refusal", () => {
  const refusing: Script = (_, response) => {
    response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
  };

  it.each([
    ["whose credentials were used", { credentials: erin }, "was asked with the credentials of somebody in a file"],
    ["where none were found", {}, "were found (looked at: /a/file)"],
  ])("says %s", async (_, options, remedy) => {
    const registry = await serve(refusing, options);
    const refusal = await refusalOf(await get(registry), registry.client.host, "the list of tags");
    expect(refusal).toMatchObject({ code: "REGISTRY_DENIED", remedy: expect.stringContaining(remedy) });
    expect(`${refusal.message} ${refusal.remedy}`).not.toContain(erin.password);
  });
});

describe("a token server", () => {
  it.each([429, 503])("that answers %i is asked again when it says", async (status) => {
    const script: Script = ({ url, headers }, response, count) => {
      if (url?.startsWith("/token")) {
        if (count < 6) response.writeHead(status, { "retry-after": "0" }).end();
        else response.end(JSON.stringify({ token: "good" }));
      } else if (headers.authorization === "Bearer good") response.end("tags");
      else {
        const realm = `http://${headers.host}/token`;
        response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="s"` }).end();
      }
    };
    const registry = await serve(script, { credentials: erin });
    expect((await get(registry)).status).toBe(200);
    const lines = registry.seen.map(({ line }) => line.split("?")[0]);
    expect(lines.filter((line) => line === "GET /token").length).toBeGreaterThan(1);
    // While the server is asked again, the registry is left alone.
    expect(lines.filter((line) => line !== "GET /token")).toHaveLength(2);
  });

  it("that never answers well is given up, once for all", async () => {
    const script: Script = ({ url, headers }, response) => {
      if (url?.startsWith("/token")) response.writeHead(503).end();
      else {
        const realm = `http://${headers.host}/token`;
        response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="s"` }).end();
      }
    };
    const registry = await serve(script, { credentials: erin });
    await expectError("TOKEN_SERVER_FAILED", () => get(registry));
    expect(registry.seen.filter(({ line }) => line.startsWith("GET /token"))).toHaveLength(5);
  });
});
