import * as z from "zod";
import { line, sentence, textLike } from "../documents/index.ts";
import { pathProblem } from "../release/index.ts";
import { branch, repository, roleList } from "./policy-fields.ts";

const field = line("the path of a field, such as model.version", 500);

const pointerSchema = z.strictObject(
  {
    name: textLike("the name of a model, such as retina/seg", {
      pattern: /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/,
      maxLength: 200,
    }).describe("Name of the model."),
    variant: textLike("a variant: 1 to 32 lower-case letters and digits", {
      pattern: /^[a-z0-9]{1,32}$/,
      maxLength: 32,
    }).describe("Variant of the model."),
    file: z
      .string({ error: "the path of a file in the repository" })
      .check(
        sentence((text) => {
          const why = pathProblem(text)?.why;
          if (why !== undefined) return `${why}; write a path in the repository, with "/" and without ".."`;
          return /^\.git(?:\/|$)/i.test(text) ? "lies in Git's own directory" : undefined;
        }),
      )
      .describe("File that holds the pointer, from the top of the repository."),
    document: z
      .strictObject(
        { kind: line("a kind such as ConfigMap").exactOptional(), name: line("the name of an object").exactOptional() },
        { error: "a mapping with kind, name or both" },
      )
      .describe("Which of the file's documents it is.")
      .exactOptional(),
    fields: z
      .strictObject(
        {
          version: field.describe("Field of the version."),
          digest: field.describe("Field of the digest of the form that is deployed."),
          uri: field.describe("Field of the URI."),
          subject: field.describe("Field of the subject.").exactOptional(),
          name: field.describe("Field of the model's name.").exactOptional(),
          variant: field.describe("Field of the variant.").exactOptional(),
        },
        { error: "a mapping with version, digest and uri" },
      )
      .describe("Where in the document each part stands."),
  },
  { error: "a mapping with name, variant, file and fields" },
);

const environmentState = z.enum(["experimental", "staging", "production"], {
  error: '"experimental", "staging" or "production"',
});

/** `environments.<name>`: what is deployed where. */
export const environmentSchema = z.strictObject(
  {
    states: z
      .array(environmentState, { error: "a list of states, such as [production]" })
      .min(1, { error: "a list of at least one state, such as [production]" })
      .max(3, { error: "a list of states, each once" })
      .describe("States in which a release may be deployed here; production when left out.")
      .exactOptional(),
    movers: roleList.describe("Roles that may move pointers; those of production when left out.").exactOptional(),
    repository: repository.describe("Git repository of the pointers; the ledger's when left out.").exactOptional(),
    branch: branch.describe("Branch that is deployed.").exactOptional(),
    pointers: z
      .array(pointerSchema, { error: "a list of pointers" })
      .max(1000, { error: "a list of at most 1000 pointers" })
      .describe("What is deployed here.")
      .exactOptional(),
  },
  { error: "a mapping with states, movers and pointers" },
);
