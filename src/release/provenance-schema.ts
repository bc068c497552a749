import * as z from "zod";
import { line, place, sentence, textLike } from "../documents/index.ts";

const digest = textLike('"sha256:" and 64 hexadecimal digits', { pattern: /^sha256:[0-9a-f]{64}$/, maxLength: 71 });

/** Name of the data set; ADR-004 knows it as one text. */
const datasetName = line('the name of a data set, such as "retina-v3"');
const datasetVersion = line('text such as "3" or "2025-10-01"');
const datasetUri = place("the place of the data, such as s3://bucket/retina-v3");

const time = "a time as RFC 3339 writes it, such as 2025-10-20T12:00:00Z";

/** RFC 3339, section 5.6; "T" and "Z" in upper case, no leap second. */
const dateTime = textLike(time, {
  pattern:
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
  maxLength: 40,
})
  .check(
    sentence((text) =>
      isDay(text) ? undefined : `names a day that does not exist, ${text.slice(0, "2025-10-20".length)}`,
    ),
  )
  .meta({ format: "date-time" });

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: "text, a number, true or false" });

const hyperparameters = z.record(
  textLike("text without control characters, at most 200 characters", {
    pattern: /^[^\u0000-\u001f\u007f]+$/,
    maxLength: 200,
  }),
  scalar,
  { error: "a mapping of names to texts, numbers, true or false" },
);

const lineage = {
  trainingRun: place("the name or the URL of a run")
    .describe("The run that trained the model, best as a URL.")
    .exactOptional(),
  trainedAt: dateTime.describe("When the training ended (RFC 3339).").exactOptional(),
  trainedBy: line("who or what trained the model, such as ml-eng@example.com")
    .describe("Who or what trained the model.")
    .exactOptional(),
  codeCommit: textLike("a full commit, 40 or 64 hexadecimal digits as `git rev-parse HEAD` prints it", {
    pattern: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
    maxLength: 64,
  })
    .describe("Full commit of the training code.")
    .exactOptional(),
  codeRepository: place("the URL of a repository").describe("Repository of the training code.").exactOptional(),
  baseModel: place("the name of a model, best with its revision")
    .describe("The model that this one was trained from, with its revision.")
    .exactOptional(),
  hyperparameters: hyperparameters.describe("What the training was set to.").exactOptional(),
};

const { trainingRun, trainedAt, trainedBy, ...rest } = lineage;

/** `provenance` of model.yaml. What a promotion needs of it is the promotion's to say. */
export const provenanceSchema = z.strictObject(
  {
    trainingRun,
    dataset: z
      .strictObject(
        {
          name: datasetName.describe("Name of the data set."),
          version: datasetVersion.describe("Version of the data set.").exactOptional(),
          uri: datasetUri.describe("Where the data lies.").exactOptional(),
          digest: digest.describe("Digest of the data, or of the file that lists it.").exactOptional(),
        },
        { error: "a mapping with the data set's name and version" },
      )
      .describe("The data that the model was trained on.")
      .exactOptional(),
    trainedAt,
    trainedBy,
    ...rest,
  },
  { error: "a mapping with trainingRun, dataset and what else is known of the training" },
);

/** `provenance` of ADR-004 metadata: the data set is one text, and what ADR-004 does not know stands behind. */
export const adrProvenanceSchema = z.strictObject(
  {
    trainingRun,
    dataset: datasetName.describe("Name of the data set.").exactOptional(),
    trainedAt,
    trainedBy,
    datasetVersion: datasetVersion.describe("Version of the data set.").exactOptional(),
    datasetUri: datasetUri.describe("Where the data lies.").exactOptional(),
    datasetDigest: digest.describe("Digest of the data, or of the file that lists it.").exactOptional(),
    ...rest,
  },
  { error: "a mapping" },
);

function isDay(dateTime: string): boolean {
  const [year = 0, month = 0, day = 0] = dateTime.slice(0, "2025-10-20".length).split("-").map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
