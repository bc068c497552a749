import { describe, expect, it } from "vitest";
import { helperServer, matching, parseConfigKey } from "./config-key.ts";

it.each<[string, string, string]>([
  ["ghcr.io", "ghcr.io", ""],
  ["GHCR.io", "ghcr.io", ""],
  ["ghcr.io/", "ghcr.io", ""],
  ["https://ghcr.io", "ghcr.io", ""],
  ["http://ghcr.io//", "ghcr.io", ""],
  ["HTTPS://ghcr.io/v2/", "ghcr.io", ""],
  ["https://ghcr.io/v1", "ghcr.io", ""],
  ["https://ghcr.io/team/v2", "ghcr.io", "team/v2"],
  ["ghcr.io/v2", "ghcr.io", "v2"],
  ["ghcr.io/team/model/", "ghcr.io", "team/model"],
  ["registry.example.com:5000/team", "registry.example.com:5000", "team"],
  ["registry.example.com:443", "registry.example.com", ""],
  ["[::1]:5000", "[::1]:5000", ""],
  ["https://index.docker.io/v1/", "docker.io", ""],
  ["https://index.docker.io/v1", "docker.io", ""],
  ["index.docker.io/v1/", "docker.io", ""],
  ["docker.io", "docker.io", ""],
  ["registry-1.docker.io", "docker.io", ""],
  ["docker.io/team", "docker.io", "team"],
  ["", "", ""],
])("the key %j is of %j, %j", (key, host, path) => {
  expect(parseConfigKey(key)).toEqual({ host, path });
});

it.each([
  ["ghcr.io", "ghcr.io"],
  ["registry.example.com:5000", "registry.example.com:5000"],
  ["docker.io", "https://index.docker.io/v1/"],
  ["registry-1.docker.io", "https://index.docker.io/v1/"],
])("a helper knows %s as %s", (host, server) => {
  expect(helperServer(host)).toBe(server);
});

describe("of several keys", () => {
  const keys = [
    "a.example/team",
    "a.example",
    "https://a.example/team/model",
    "b.example",
    "a.example:5000",
    "a.example/te",
  ];
  it.each<[string, string, string[]]>([
    ["a.example", "team/model", ["https://a.example/team/model", "a.example/team", "a.example"]],
    ["a.example", "team/model/variant", ["https://a.example/team/model", "a.example/team", "a.example"]],
    ["a.example", "team/models", ["a.example/team", "a.example"]],
    ["A.example:443", "team", ["a.example/team", "a.example"]],
    ["a.example", "teams", ["a.example"]],
    ["a.example", "", ["a.example"]],
    ["a.example:5000", "team/model", ["a.example:5000"]],
    ["example", "team", []],
    ["a.example.evil", "team", []],
    ["docker.io", "team", []],
  ])("those for %s/%s are %j", (host, repository, expected) => {
    expect(matching(new Map(keys.map((key) => [key, key])), host, repository)).toEqual(expected);
  });
});
