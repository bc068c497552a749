import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { SlipwayError } from "../../../errors/index.ts";
import type { Credentials } from "./credentials.ts";
import { type CredentialSource, credentialSources, parseDockerConfig } from "./docker-config.ts";

const secret = "pa55word";
const host = "registry.example.com";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const auth = base64(`erin:${secret}`);

function sources(text: string, at = host, repository = "team/model"): readonly CredentialSource[] {
  return credentialSources(parseDockerConfig(Buffer.from(text), "/users/erin/config.json"), at, repository);
}

const helper = (name: string) => ({ kind: "helper", name }) as const;
const file = (credentials: Credentials) => ({ kind: "file", credentials }) as const;
const password = (username: string, word = secret) => file({ kind: "password", username, password: word });

describe("an entry for a registry", () => {
  it.each<[string, unknown, CredentialSource[]]>([
    ["auth", { auth }, [password("erin")]],
    ["a password with colons", { auth: base64("erin:a:b:") }, [password("erin", "a:b:")]],
    ["an empty password", { auth: base64("erin:") }, [password("erin", "")]],
    ["a password in another script", { auth: base64("érin:pässwörd") }, [password("érin", "pässwörd")]],
    ["zeros behind the password", { auth: base64(`erin:${secret}\0\0`) }, [password("erin")]],
    ["line breaks in the base64", { auth: `${auth.slice(0, 6)}\n${auth.slice(6)}\r\n` }, [password("erin")]],
    ["a name and a password", { username: "erin", password: secret }, [password("erin")]],
    ["both", { auth, username: "old", password: "old" }, [password("erin")]],
    ["an identity token", { auth, identitytoken: secret }, [file({ kind: "identity-token", token: secret })]],
    [
      "a registry token",
      { auth, identitytoken: "i", registrytoken: secret },
      [file({ kind: "registry-token", token: secret })],
    ],
    ["nothing", {}, []],
    ["null", null, []],
    ["members that are null or empty", { auth: "", identitytoken: null, username: "" }, []],
    ["an address", { email: "erin@example.com", auth }, [password("erin")]],
  ])("with %s", (_, entry, expected) => {
    expect(sources(JSON.stringify({ auths: { [host]: entry } }))).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ["auth that is not base64", { auth: `erin:${secret}` }],
    ["auth without a colon", { auth: base64(secret) }],
    ["auth without a name", { auth: base64(`:${secret}`) }],
    ["auth that is a list", { auth: [secret] }],
    ["a password that is an object", { username: "erin", password: { secret } }],
    ["a registry token with a line break", { registrytoken: `${secret}\r\nx-other: header` }],
    ["an identity token that is a number", { identitytoken: 12, password: secret }],
  ])("is refused with %s, and harms no other", async (_, entry) => {
    const text = JSON.stringify({ auths: { [host]: entry, "other.example": { auth } } });
    const error = await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () => sources(text));
    expect(error.message).toContain(`/users/erin/config.json has `);
    expect(error.message).toContain(host);
    expect(inspect(error)).not.toContain(secret);
    expect(sources(text, "other.example")).toEqual([password("erin")]);
  });
});

describe("a configuration file", () => {
  it("is asked for helpers first, the registry's own before the one of all", () => {
    const auths = { [host]: { auth }, "other.example": { auth } };
    const text = JSON.stringify({ auths, credHelpers: { [host]: "gcloud" }, credsStore: "desktop" });
    expect(sources(text)).toEqual([helper("gcloud"), password("erin")]);
    expect(sources(text, "other.example")).toEqual([helper("desktop"), password("erin")]);
    expect(sources(text, "third.example")).toEqual([helper("desktop")]);
  });

  it("may switch the helper of all off for one registry", () => {
    expect(sources(JSON.stringify({ credHelpers: { [host]: "" }, credsStore: "desktop" }))).toEqual([]);
    expect(sources(JSON.stringify({ credHelpers: { [host]: null }, credsStore: null }))).toEqual([]);
  });

  it("gives the credentials of the longest path that leads to the repository", () => {
    const entry = (name: string) => ({ auth: base64(`${name}:${secret}`) });
    const auths = {
      [host]: entry("host"),
      [`${host}/team`]: entry("team"),
      [`${host}/team/model`]: {},
      [`${host}/team/other`]: entry("other"),
    };
    const text = JSON.stringify({ auths });
    expect(sources(text, host, "team/other/x")).toEqual([password("other")]);
    expect(sources(text, host, "team/model")).toEqual([password("team")]);
    expect(sources(text, host, "teams")).toEqual([password("host")]);
  });

  it.each(["docker.io", "index.docker.io", "registry-1.docker.io"])("knows Docker Hub as %s by its old key", (name) => {
    const key = "https://index.docker.io/v1/";
    expect(sources(JSON.stringify({ auths: { [key]: { auth } } }), name)).toEqual([password("erin")]);
    expect(sources(JSON.stringify({ credHelpers: { [key]: "pass" } }), name)).toEqual([helper("pass")]);
    expect(sources(JSON.stringify({ auths: { [key]: { auth } } }), "quay.io")).toEqual([]);
  });

  it.each([
    ["an empty file", ""],
    ["a file of blanks", " \n\t\r\n"],
    ["an empty object", "{}"],
    ["a byte order mark", "\ufeff{}"],
    ["other members", '{"proxies":{"default":{}},"psFormat":"x","HttpHeaders":{"a":"b"},"auths":null}'],
    ["names of every object's members", '{"auths":{"constructor":{},"__proto__":{"auth":"x"}}}'],
  ])("may be %s", (_, text) => {
    expect(sources(text)).toEqual([]);
    expect(sources(text, "constructor")).toEqual([]);
  });

  it.each([
    ["text", secret],
    ["a list", `["${secret}"]`],
    ["cut off", `{"auths":{"${host}":{"auth":"${secret}`],
    ["followed by something", `{}${secret}`],
    ["a list of entries", `{"auths":["${secret}"]}`],
    ["an entry that is text", `{"auths":{"${host}":"${secret}"}}`],
    ["a helper that is an object", `{"credHelpers":{"${host}":{"a":"${secret}"}}}`],
    ["a store that is a list", `{"credsStore":["${secret}"]}`],
  ])("may not be %s", async (_, text) => {
    const error = await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () => sources(text));
    expect(error.message).toContain("/users/erin/config.json");
    expect(inspect(error)).not.toContain(secret);
  });

  it("may not be in another encoding than UTF-8", async () => {
    const bytes = Buffer.from(`{"auths":{"é":{"auth":"${auth}"}}}`, "latin1");
    await expectError("REGISTRY_CREDENTIALS_UNREADABLE", () => parseDockerConfig(bytes, "/config.json"));
  });

  it("is refused, or read, whatever JSON it is", () => {
    const key = fc.constantFrom("auths", "credHelpers", "credsStore", host, "auth", "username", "registrytoken");
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(key, tie("any"), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (config) => {
        try {
          for (const source of sources(JSON.stringify(config) ?? "")) expect(source.kind).toMatch(/^(file|helper)$/);
        } catch (error) {
          if (!(error instanceof SlipwayError)) throw error;
          expect(error.code).toBe("REGISTRY_CREDENTIALS_UNREADABLE");
        }
      }),
      { numRuns: 300 },
    );
  });
});
