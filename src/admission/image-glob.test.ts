import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { parseImageGlob } from "./image-glob.ts";

describe("images", () => {
  it.each([
    ["registry.example.com/models/**", ["registry.example.com/models/**"], ["registry.example.com/models/*"], false],
    ["127.0.0.1:5000/models/**", ["127.0.0.1:5000/models/**"], ["127.0.0.1:5000/models/*"], false],
    ["registry:5000/m/*", ["registry:5000/m/*"], ["registry:5000/m/*"], true],
    ["localhost/*/seg", ["localhost/*/seg:*", "localhost/*/seg@*"], ["localhost/*/seg:*", "localhost/*/seg@*"], true],
    [
      "r.example/a/**/b",
      ["r.example/a/**/b:*", "r.example/a/**/b@*"],
      ["r.example/a/*/b:*", "r.example/a/*/b@*"],
      false,
    ],
  ])("%s are covered by every engine", (text, policyController, kyverno, widened) => {
    expect(parseImageGlob(text)).toEqual({ text, policyController, kyverno, widened });
  });

  it.each([
    ["", "host of a registry"],
    ["models/**", "host of a registry"],
    ["**", "host of a registry"],
    ["*.example.com/models/**", "host of a registry"],
    ["Registry.example.com/models/**", "host of a registry"],
    ["https://registry.example.com/models", "host of a registry"],
    ["registry.example.com", "no path"],
    ["docker.io/acme/**", "Docker Hub"],
    ["index.docker.io/acme/**", "Docker Hub"],
    ["registry-1.docker.io/acme/**", "Docker Hub"],
    ["registry.example.com/models/***", '"***" is no part'],
    ["registry.example.com/models/seg:1.0", '"seg:1.0" is no part'],
    ["registry.example.com/models/seg@sha256:aa", "is no part"],
    ["registry.example.com/models//seg", '"" is no part'],
    ["registry.example.com/Models/*", '"Models" is no part'],
    ["registry.example.com/models/se?", '"se?" is no part'],
    ["registry.example.com/models/\nkind: x", "is no part"],
  ])("%j cannot be covered", async (text, why) => {
    const error = await expectError("IMAGES_INVALID", () => parseImageGlob(text));
    expect(error.message).toContain(why);
  });
});
