import * as z from "zod";
import { relativePath } from "./relative-path.ts";

const directory = z.strictObject({
  kind: z.literal("directory").describe("The trained model lies in a directory of this repository."),
  path: relativePath("the path of a directory").describe("The directory, relative to model.yaml."),
});

/** Where the trained model comes from; each kind of place is one member. */
export const sourceSchema = z.discriminatedUnion("kind", [directory], {
  error: ({ input }) =>
    typeof input === "object" && input !== null && !Array.isArray(input)
      ? '"directory"'
      : "a mapping with kind and path",
});
