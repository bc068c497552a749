import * as z from "zod";
import { findClash, pathProblem } from "../../release/index.ts";
import { digestSchema, releaseSchema, runSchema, timeSchema } from "./parts.ts";

const formSchema = z.strictObject({
  /** C, A and B of DESIGN 5.1. */
  form: z.enum(["model-pack", "image", "archive"]),
  digest: digestSchema,
  mediaType: z.string().min(1).max(200),
});

const fileSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .check((context) => {
      const problem = pathProblem(context.value);
      if (problem !== undefined) {
        context.issues.push({ code: "custom", input: context.value, message: `the path ${problem.why}` });
      }
    }),
  digest: digestSchema,
  /** Bytes. */
  size: z.int().nonnegative(),
  executable: z.boolean(),
});

const tableSchema = z.strictObject({
  ...releaseSchema.shape,
  /** Digest of the ModelPack manifest, which all other evidence is about. */
  subject: digestSchema,
  forms: z.array(formSchema).min(1).max(1000),
  files: z.array(fileSchema).min(1).max(100_000),
  statedOn: timeSchema,
  run: runSchema.exactOptional(),
});

/**
 * `urn:slipway:forms:v1`: the forms of one release hold the same files (DESIGN 5.1). The statement's subjects are the
 * digests of all forms; `subject` says which of them is judged in place of the others.
 */
export const formsSchema = tableSchema.check((context) => {
  const problem = contradiction(context.value);
  if (problem !== undefined) context.issues.push({ code: "custom", input: context.value, ...problem });
});

function contradiction({
  subject,
  forms,
  files,
}: z.infer<typeof tableSchema>): { readonly path: string[]; readonly message: string } | undefined {
  const packs = forms.filter(({ form }) => form === "model-pack");
  if (packs.length !== 1 || packs[0]?.digest !== subject) {
    return { path: ["forms"], message: "the subject is not the one form model-pack" };
  }
  if (new Set(forms.map(({ digest }) => digest)).size < forms.length) {
    return { path: ["forms"], message: "two forms have one digest" };
  }
  const clash = findClash(files.map(({ path }) => path));
  if (clash === undefined) return undefined;
  return { path: ["files"], message: `the path "${clash.path}" ${clash.why}: "${clash.clashesWith}"` };
}
