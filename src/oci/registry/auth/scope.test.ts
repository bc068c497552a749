import { expect, it } from "vitest";
import { coversScope, mergeScopes, type Scope, scopeTexts } from "./scope.ts";

it.each<[Scope, string[]]>([
  [{ repository: "a/b", actions: ["pull"] }, ["repository:a/b:pull"]],
  [{ repository: "a/b", actions: ["push", "pull", "push"] }, ["repository:a/b:pull,push"]],
  [{ repository: "a/b", actions: ["delete"] }, ["repository:a/b:delete"]],
  [{ repository: "a/b", actions: ["pull", "push"], from: "c" }, ["repository:a/b:pull,push", "repository:c:pull"]],
  [{ repository: "a/b", actions: ["push"], from: "a/b" }, ["repository:a/b:push,pull"]],
])("%j is asked for as %j", (scope, texts) => {
  expect(scopeTexts(scope)).toEqual(texts);
});

it.each<[string[], string[]]>([
  [[], []],
  [
    ["repository:a:pull", "repository:b:pull"],
    ["repository:a:pull", "repository:b:pull"],
  ],
  [["repository:a:pull", "repository:a:push,pull"], ["repository:a:pull,push"]],
  [["repository:host:5000/a:pull", "repository:host:5000/a:push"], ["repository:host:5000/a:pull,push"]],
  [
    ["registry:catalog:*", "aws", "a:b", "a:c", "aws"],
    ["registry:catalog:*", "aws", "a:b", "a:c"],
  ],
])("%j together are %j", (texts, merged) => {
  expect(mergeScopes(texts)).toEqual(merged);
});

it.each<[string, boolean]>([
  ["repository:a:pull", true],
  ["repository:a:push,pull", true],
  ["repository:a:delete", false],
  ["repository:a:pull,delete", false],
  ["repository:b:pull", false],
  ["repository(plugin):a:pull", false],
  ["aws", true],
  ["azure", false],
])("a token for a and aws covers %s: %j", (text, covered) => {
  expect(coversScope(["repository:a:pull,push", "aws"], text)).toBe(covered);
});
