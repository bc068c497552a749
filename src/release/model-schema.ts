import * as z from "zod";
import { line, publishedSchema, sentence } from "../documents/index.ts";
import { nameSchema, variantNameSchema, versionSchema } from "./identity-schema.ts";
import { isLicenceExpression } from "./licence.ts";
import { provenanceSchema } from "./provenance-schema.ts";
import { relativePath } from "./relative-path.ts";
import { sourceSchema } from "./source-schema.ts";
import { variantSchema } from "./variant-schema.ts";

const licence = line('an SPDX licence expression, such as "Apache-2.0"', 200).check(
  sentence((text) =>
    isLicenceExpression(text)
      ? undefined
      : `"${text}" is not an SPDX licence expression; write one such as "Apache-2.0", "MIT OR Apache-2.0" or "LicenseRef-own"`,
  ),
);

const description = z
  .string({ error: "text" })
  .min(1, { error: "text that is not empty" })
  .max(4000, { error: "text of at most 4000 characters" })
  .check(sentence((text) => (/[^\P{Cc}\n\t]/u.test(text) ? "holds a control character" : undefined)));

/** model.yaml (DESIGN 5.2). Names that collide are found by `findTagCollisions`. */
export const modelYamlSchema = z.strictObject(
  {
    name: nameSchema.describe("Name of the model: the path of its repository in a registry."),
    version: versionSchema.describe("Semantic version of the release, without build metadata."),
    owner: line("the team or person to turn to, such as team-vision@example.com").describe(
      "Team or person that owns the model and can be reached.",
    ),
    modelCard: relativePath("the path of the model card, such as README.md").describe(
      "File that describes the model for people, relative to model.yaml.",
    ),
    licence: licence.describe("Licence of the model, as an SPDX expression."),
    description: description.describe("What the model is for.").exactOptional(),
    source: sourceSchema.describe("Where the trained model comes from.").exactOptional(),
    provenance: provenanceSchema.describe("How the model came to be.").exactOptional(),
    variants: z
      .record(variantNameSchema, variantSchema, { error: "a mapping of variant names to variants" })
      .check(
        z.superRefine((variants: object, context) => {
          if (Object.keys(variants).length > 0) return;
          context.addIssue({ code: "custom", message: "has no variant; describe at least one" });
        }),
      )
      .meta({ minProperties: 1 })
      .describe("Builds of the model, by name; each is for one kind of target."),
  },
  { error: "a mapping of keys to values" },
);

/** What model.yaml says, checked. */
export type ModelDeclaration = z.infer<typeof modelYamlSchema>;

/** JSON Schema (2020-12) of model.yaml, for editors and other tools. */
export function modelYamlJsonSchema(): Record<string, unknown> {
  return publishedSchema("urn:slipway:schema:model:v1", "model.yaml", modelYamlSchema);
}
