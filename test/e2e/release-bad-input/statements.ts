import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { as, dayAfter } from "../../support/release-scene.ts";
import type { Row } from "./row.ts";

const attest =
  (...args: string[]): Row["args"] =>
  ({ fresh }) => ["attest", fresh, ...as("lead"), ...args];
const predicate = (content: unknown) => (work: string) =>
  writeFile(join(work, "predicate.json"), JSON.stringify(content));
const file = ["--predicate", "predicate.json"];

/** Statements that nobody should sign. */
export const statementRows: readonly Row[] = [
  {
    what: "an approval without a reason",
    args: attest("--type", "approval", "--to", "production"),
    code: "PREDICATE_INPUT_MISSING",
    status: 2,
    says: /\\"reason\\"/,
  },
  {
    what: "a custom statement without its type",
    prepare: predicate({}),
    args: attest("--type", "custom", ...file),
    code: "PREDICATE_INPUT_MISSING",
    status: 2,
    says: /predicate-type/,
  },
  {
    what: "a custom statement that is a signature",
    prepare: predicate({}),
    args: attest("--type", "custom", ...file, "--predicate-type", "https://sigstore.dev/cosign/sign/v1"),
    code: "PREDICATE_TYPE_RESERVED",
    status: 3,
  },
  {
    what: "a custom statement that is a test result",
    prepare: predicate({ result: "PASSED", configuration: [{ name: "evaluation" }] }),
    args: attest("--type", "custom", ...file, "--predicate-type", "https://in-toto.io/attestation/test-result/v0.1"),
    code: "PREDICATE_TYPE_RESERVED",
    status: 3,
  },
  {
    what: "a custom statement whose type is no URI",
    prepare: predicate({}),
    args: attest("--type", "custom", ...file, "--predicate-type", "privacy review"),
    code: "PREDICATE_INVALID",
    status: 2,
  },
  {
    what: "a shadow result without a file",
    args: attest("--type", "shadow"),
    code: "PREDICATE_INPUT_MISSING",
    status: 2,
    says: /\\"predicate\\"/,
  },
  {
    what: "a shadow result that is no result",
    prepare: predicate({ result: "GREAT" }),
    args: attest("--type", "shadow", ...file),
    code: "PREDICATE_INVALID",
    status: 2,
    says: /result/,
  },
  {
    what: "a predicate that is a list",
    prepare: predicate([]),
    args: attest("--type", "shadow", ...file),
    code: "PREDICATE_UNREADABLE",
    status: 2,
  },
  {
    what: "no predicate file",
    args: attest("--type", "shadow", "--predicate", "nowhere.json"),
    code: "PREDICATE_UNREADABLE",
    status: 2,
  },
  {
    what: "a waiver until yesterday",
    args: attest("--type", "waiver", "--gate", "scan", "--to", "staging", "--reason", "No", "--until", dayAfter(-1)),
    code: "PREDICATE_INVALID",
    status: 2,
    says: /over already/,
  },
  {
    what: "a waiver whose file says yesterday",
    prepare: predicate({ gate: "scan", to: "staging", reason: "No", until: `${dayAfter(-1)}T12:00:00Z` }),
    args: attest("--type", "waiver", ...file),
    code: "PREDICATE_INVALID",
    status: 2,
    says: /over already/,
  },
  {
    what: "a waiver until no day",
    args: attest("--type", "waiver", "--gate", "scan", "--to", "staging", "--reason", "x", "--until", "soon"),
    code: "PREDICATE_INVALID",
    status: 2,
    says: /soon/,
  },
  {
    what: "a rollback plan without a digest",
    args: attest("--type", "rollback-plan", "--plan", "oci:store:1.0.0-default"),
    code: "DIGEST_REQUIRED",
    status: 2,
  },
  {
    what: "a type that does not exist",
    args: attest("--type", "aproval"),
    code: "INPUT_INVALID",
    status: 2,
    says: /approval/,
  },
  {
    what: "a subject without a digest",
    args: () => ["attest", "oci:store:1.2.0-default", "--type", "approval", ...as("lead")],
    code: "DIGEST_REQUIRED",
    status: 2,
  },
];
