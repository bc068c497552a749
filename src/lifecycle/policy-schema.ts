import * as z from "zod";
import { line, publishedSchema, sentence } from "../documents/index.ts";
import { environmentSchema } from "./environment-schema.ts";
import { gateSchema } from "./gate-schema.ts";
import { branch, duration, identityText, nameOf, repository, roleList, time } from "./policy-fields.ts";
import { publicKeyProblem } from "./policy-key.ts";

const claim = (what: string) => identityText(what).exactOptional();

const identitySchema = z.strictObject(
  {
    issuer: line("the URL of an OpenID Connect issuer, such as https://token.actions.githubusercontent.com")
      .check(sentence((text) => (text.includes("*") ? "has a *; an issuer is named in full" : undefined)))
      .describe("Issuer that vouches for the subject, exactly."),
    subject: identityText("whom the certificate names, such as the URI of a workflow with its reference").describe(
      "Subject of the certificate, from end to end; * stands for any run of characters but /.",
    ),
    repository: claim("the URI of the source repository").describe("Source repository of the run."),
    ref: claim("a Git reference, such as refs/heads/main").describe("Git reference of the run."),
    workflow: claim("the URI of a workflow with its reference").describe("Workflow that signed."),
    environment: claim("the name of a GitHub environment").describe("GitHub environment that let the job in."),
    trigger: claim("what starts the run, such as push").describe("What started the run."),
    runner: claim("github-hosted or self-hosted").describe("Where the run took place."),
  },
  { error: "a mapping with issuer and subject" },
);

const memberSchema = z.strictObject(
  {
    name: nameOf("the name of a key or identity, such as release-ci").describe("Its name in messages and reports."),
    key: z
      .string({ error: "a public key in PEM" })
      .max(4096, { error: "a public key in PEM, at most 4096 characters" })
      .check(sentence(publicKeyProblem))
      .describe("ECDSA P-256 public key, in PEM.")
      .exactOptional(),
    identity: identitySchema
      .describe("Whom a certificate names, for somebody who signs without a key.")
      .exactOptional(),
    from: time.describe("When it may be used first.").exactOptional(),
    until: time.describe("When it may no longer be used.").exactOptional(),
  },
  { error: "a mapping with name and key, or with name and identity" },
);

const transitionSchema = z.strictObject(
  {
    roles: roleList.describe("Roles that may authorise it.").exactOptional(),
    gates: z
      .array(gateSchema, { error: "a list of gates, such as [owner, lineage]" })
      .max(64, { error: "a list of at most 64 gates" })
      .describe("What must hold.")
      .exactOptional(),
  },
  { error: "a mapping with roles and gates" },
);

const waiverSchema = z.strictObject(
  {
    gate: nameOf("the name of a gate").describe("Gate that may be waived."),
    signers: roleList.describe("Roles that may waive it."),
    until: time.describe("Latest time until which a waiver may hold."),
    reason: line("a line of text: why this gate may be waived").describe("Why it may be."),
  },
  { error: "a mapping with gate, signers, until and reason" },
);

const step = (state: string) => transitionSchema.describe(`What it takes to become ${state}.`).exactOptional();

/** release-policy.yaml. What its names refer to is checked by `findPolicyConflicts`. */
export const policySchema = z.strictObject(
  {
    roles: z
      .record(
        nameOf("a role"),
        z.array(memberSchema, { error: "a list of keys and identities" }).max(100, { error: "at most 100 keys" }),
        {
          error: "a mapping of roles to lists of keys",
        },
      )
      .describe("Who may act in each role: public keys, and identities that certificates name."),
    trustedRoot: z
      .looseObject(
        { mediaType: z.string() },
        { error: "sigstore's trusted root, as `cosign trusted-root create` writes it" },
      )
      .describe("Certificate, timestamp and log authorities that are trusted: sigstore's trusted root, as it is.")
      .exactOptional(),
    times: z
      .enum(["asserted", "proven"], { error: "asserted or proven" })
      .describe("Whether the times that decide have to be proven by an authority; asserted when left out.")
      .exactOptional(),
    predicates: z
      .record(
        nameOf("a predicate"),
        line("the URI of a predicate type, such as https://example.com/privacy-review/v1"),
        { error: "a mapping of names to predicate types" },
      )
      .describe("Further kinds of evidence, for `statement` gates.")
      .exactOptional(),
    transitions: z
      .strictObject(
        {
          staging: step("staging"),
          production: step("production"),
          retired: step("retired"),
          archived: step("archived"),
          revoked: step("revoked"),
        },
        { error: "a mapping of states to transitions" },
      )
      .describe("What each transition requires; the built-in table where left out.")
      .exactOptional(),
    waivers: z
      .array(waiverSchema, { error: "a list of waiver rules" })
      .max(100, { error: "a list of at most 100 waiver rules" })
      .describe("Which gates may be waived, by whom, until when at most.")
      .exactOptional(),
    ledger: z
      .strictObject(
        {
          repository: repository.describe("Git repository that orders promotions."),
          branch: branch.describe("Its branch; main when left out.").exactOptional(),
        },
        { error: "a mapping with repository and branch" },
      )
      .describe("Where the order of promotions is decided.")
      .exactOptional(),
    environments: z
      .record(nameOf("an environment"), environmentSchema, { error: "a mapping of names to environments" })
      .describe("Where releases are deployed.")
      .exactOptional(),
    rollback: z
      .strictObject(
        {
          window: duration
            .describe("How long after a rollback another one needs a named target; 1h when left out.")
            .exactOptional(),
        },
        { error: "a mapping with window" },
      )
      .describe("How rollbacks choose.")
      .exactOptional(),
  },
  { error: "a mapping of keys to values" },
);

/** What release-policy.yaml says, as it is written. */
export type WrittenPolicy = z.infer<typeof policySchema>;

/** JSON Schema (2020-12) of release-policy.yaml. */
export function policyJsonSchema(): Record<string, unknown> {
  return publishedSchema("urn:slipway:schema:release-policy:v1", "release-policy.yaml", policySchema);
}
