import { type DocumentProblem, readDocument, type Spot, showPath } from "../documents/index.ts";
import { modelYamlError, releaseError } from "./errors.ts";
import { type ModelDeclaration, modelYamlJsonSchema, modelYamlSchema } from "./model-schema.ts";
import { findTagCollisions, type TagNames } from "./tag-collisions.ts";
import { isVersion, nearestVersion, versionProblem } from "./version.ts";

/** A larger model.yaml is refused unread. */
export const maxModelYamlBytes = 1024 * 1024;

const codeOf: Readonly<Record<DocumentProblem["kind"], keyof typeof modelYamlError.definitions>> = {
  "too-large": "MODEL_YAML_TOO_LARGE",
  empty: "MODEL_YAML_EMPTY",
  syntax: "MODEL_YAML_SYNTAX",
  unsupported: "MODEL_YAML_UNSUPPORTED",
  duplicate: "MODEL_YAML_DUPLICATE_KEY",
  "unknown-key": "MODEL_YAML_UNKNOWN_KEY",
  invalid: "MODEL_YAML_INVALID",
  conflict: "MODEL_YAML_TAG_COLLISION",
};

/**
 * Reads model.yaml (DESIGN 5.2): YAML 1.2 that has every key it needs and none that is not known.
 *
 * All problems are reported together: the first in the message, and when there are several, each in the details, in
 * the order of the file, with line and column.
 *
 * @param file name for messages
 * @throws SlipwayError MODEL_YAML_TOO_LARGE, MODEL_YAML_EMPTY, MODEL_YAML_SYNTAX, MODEL_YAML_UNSUPPORTED,
 *   MODEL_YAML_DUPLICATE_KEY, MODEL_YAML_UNKNOWN_KEY, MODEL_YAML_INVALID, MODEL_YAML_TAG_COLLISION: the first problem's
 */
export function parseModelYaml(text: string, file: string): ModelDeclaration {
  const { content, problem } = readDocument(text, file, maxModelYamlBytes, {
    schema: modelYamlSchema,
    jsonSchema: modelYamlJsonSchema,
    textFor: (path, number) => (path.length === 1 && path[0] === "version" ? nearestVersion(number) : undefined),
    conflicts: collisionProblems,
  });
  if (problem === undefined) return content;
  throw modelYamlError(codeOf[problem.kind], problem.message, { details: problem.details });
}

/**
 * The declaration with another version, for example that of a Git tag.
 *
 * @throws SlipwayError VERSION_INVALID
 */
export function withVersion(declaration: ModelDeclaration, version: string): ModelDeclaration {
  const problem = versionProblem(version);
  if (problem !== undefined) throw releaseError("VERSION_INVALID", `version ${problem}`);
  const [collision] = findTagCollisions({ version, variants: [] });
  if (collision !== undefined) throw releaseError("VERSION_INVALID", collision.text);
  return { ...declaration, version };
}

function collisionProblems(value: unknown, root: Spot): DocumentProblem[] {
  return findTagCollisions(tagNames(value)).map(({ path, text }) => {
    const offset = path.reduce<Spot | undefined>((spot, step) => spot?.child(step), root)?.offset ?? root.offset;
    const where = path.length > 1 ? `${showPath(path)}: ` : "";
    return { kind: "conflict", offset, say: () => `${where}${text}` };
  });
}

/** The names that can be found, whatever else is wrong with the file. */
function tagNames(value: unknown): TagNames {
  const version = member(value, "version");
  const variants = member(value, "variants");
  return {
    version: typeof version === "string" && isVersion(version) ? version : undefined,
    variants: (typeof variants === "object" && variants !== null ? Object.entries(variants) : []).map(
      ([name, variant]) => {
        const capabilities: unknown = member(variant, "capabilities");
        return {
          name,
          capabilities: Array.isArray(capabilities)
            ? capabilities.map((item) => (typeof item === "string" ? item : ""))
            : [],
        };
      },
    ),
  };
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
