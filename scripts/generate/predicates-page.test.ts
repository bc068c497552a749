import { expect, test } from "vitest";
import { steps } from "../../actions/index.ts";
import { predicateType, publishedPredicates } from "../../src/evidence/index.ts";
import { predicatesPage } from "./predicates-page.ts";

const published = publishedPredicates();
const page = predicatesPage(published);
const rows = page.split("\n").filter((line) => line.startsWith("| ") && line.includes("predicate-"));

test("every kind has a row with its type and its schema", () => {
  expect(rows).toHaveLength(published.length);
  for (const { type, name } of published) {
    const row = rows.filter((line) => line.includes(`\`${type}\``));
    expect(row).toHaveLength(1);
    expect(row[0]).toContain(`[\`${name}.json\`](../../schemas/${name}.json)`);
  }
});

test("every type that there is stands on the page", () => {
  for (const type of Object.values(predicateType)) expect(page).toContain(type);
});

test("writers and readers that are steps exist, and so do the types of attest", () => {
  const names: readonly string[] = steps.map(({ contract }) => contract.name);
  const attest = steps.find(({ contract }) => contract.name === "attest");
  const types = attest?.contract.inputs["type"]?.choices ?? [];
  const mentioned = rows.flatMap((row) => [...row.matchAll(/`attest --type ([a-z-]+)`/g)].map(([, type]) => type));
  expect(mentioned.toSorted()).toEqual(types.filter((type) => type !== "custom").toSorted());
  for (const step of ["eval-gate", "promote", "verify", "update-pointer", "rollback", "audit"]) {
    expect(page).toContain(`\`${step}\``);
    expect(names).toContain(step);
  }
});
