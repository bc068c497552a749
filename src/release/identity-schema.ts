import * as z from "zod";
import { sentence, textLike } from "../documents/index.ts";
import { modelName, variantName } from "./names.ts";
import { maxVersionLength, versionPattern, versionProblem } from "./version.ts";

export const nameSchema = textLike(
  'a name such as "retina/seg": lower-case letters and digits, joined by ".", "_", "-" or "/"',
  modelName,
);

export const versionSchema = z
  .string({ error: 'a semantic version such as "2.4.1"' })
  .check(sentence(versionProblem))
  .meta({ pattern: versionPattern.source, maxLength: maxVersionLength });

export const variantNameSchema = textLike("1 to 32 lower-case letters and digits", variantName);
