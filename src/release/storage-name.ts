import { releaseError } from "./errors.ts";
import { isModelName } from "./names.ts";

/**
 * A model's name where a directory, a ledger path or MLflow needs one name: `retina/seg` → `retina+seg`
 * (DESIGN 5.1). Names hold no `+`, so two models never share one.
 *
 * @throws SlipwayError MODEL_NAME_INVALID
 */
export function storageName(name: string): string {
  return requireModelName(name).replaceAll("/", "+");
}

/** The model's name again: `retina+seg` → `retina/seg`. @throws SlipwayError MODEL_NAME_INVALID */
export function modelNameOf(storageName: string): string {
  if (storageName.includes("/"))
    throw releaseError("MODEL_NAME_INVALID", `"${storageName}" holds "/" where "+" stands for it`);
  return requireModelName(storageName.replaceAll("+", "/"));
}

function requireModelName(name: string): string {
  if (isModelName(name)) return name;
  throw releaseError(
    "MODEL_NAME_INVALID",
    `"${name.length > 80 ? `${name.slice(0, 79)}…` : name}" is not the name of a model`,
  );
}

/** A model's name to start from, made of any text such as a directory's name: `My Model` → `my-model`. */
export function suggestedName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100)
    .replace(/-+$/, "");
  return name === "" ? "model" : name;
}
