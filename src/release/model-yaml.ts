import { modelYamlError, releaseError } from "./errors.ts";
import { type ModelDeclaration, modelYamlJsonSchema, modelYamlSchema } from "./model-schema.ts";
import { schemaProblems, showPath } from "./schema-problems.ts";
import { lineAndColumn, type Spot } from "./spot.ts";
import { findTagCollisions, type TagNames } from "./tag-collisions.ts";
import { isVersion, nearestVersion, versionProblem } from "./version.ts";
import { readYamlTree, type YamlProblem } from "./yaml-tree.ts";

/** A larger model.yaml is refused unread. */
export const maxModelYamlBytes = 1024 * 1024;

type Code = keyof typeof modelYamlError.definitions;

interface Problem {
  readonly code: Code;
  readonly offset: number;
  readonly say: () => string;
}

const mostShown = 50;

const codeOf: Readonly<Record<YamlProblem["kind"], Code>> = {
  "too-large": "MODEL_YAML_TOO_LARGE",
  empty: "MODEL_YAML_EMPTY",
  syntax: "MODEL_YAML_SYNTAX",
  unsupported: "MODEL_YAML_UNSUPPORTED",
  duplicate: "MODEL_YAML_DUPLICATE_KEY",
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
  if (text.length > maxModelYamlBytes || Buffer.byteLength(text) > maxModelYamlBytes) {
    throw modelYamlError("MODEL_YAML_TOO_LARGE", `${file} is larger than ${maxModelYamlBytes / 1024} KiB`);
  }
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  const { tree, problems: unreadable } = readYamlTree(content);
  const problems: Problem[] = unreadable.map(({ kind, offset, text }) => ({
    code: codeOf[kind],
    offset,
    say: () => text,
  }));
  if (tree === undefined) throw report(problems, content, file);
  const parsed = modelYamlSchema.safeParse(tree.value);
  problems.push(...collisionProblems(tree.value, tree.root));
  if (!parsed.success) problems.push(...invalid(parsed.error.issues, tree.root));
  if (!parsed.success || problems.length > 0) throw report(problems, content, file);
  return parsed.data;
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

function invalid(issues: Parameters<typeof schemaProblems>[0], root: Spot): Problem[] {
  const textFor = (path: readonly PropertyKey[], number: string) =>
    path.length === 1 && path[0] === "version" ? nearestVersion(number) : undefined;
  return schemaProblems(issues, { root, schema: modelYamlJsonSchema, textFor }).map(({ kind, offset, say }) => ({
    code: kind === "unknown-key" ? "MODEL_YAML_UNKNOWN_KEY" : "MODEL_YAML_INVALID",
    offset,
    say,
  }));
}

function collisionProblems(value: unknown, root: Spot): Problem[] {
  return findTagCollisions(tagNames(value)).map(({ path, text }) => {
    const offset = path.reduce<Spot | undefined>((spot, step) => spot?.child(step), root)?.offset ?? root.offset;
    const where = path.length > 1 ? `${showPath(path)}: ` : "";
    return { code: "MODEL_YAML_TAG_COLLISION", offset, say: () => `${where}${text}` };
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

function report(problems: readonly Problem[], content: string, file: string): Error {
  const inOrder = problems.toSorted((a, b) => a.offset - b.offset);
  const lines = inOrder.slice(0, mostShown).map(({ offset, say }) => {
    const { line, column } = lineAndColumn(content, offset);
    return `${file}:${line}:${column}: ${say()}`;
  });
  const more = inOrder.length - 1;
  const hidden = inOrder.length - lines.length;
  const message = `${lines[0]}${more === 0 ? "" : ` (and ${more} more)`}`;
  const details = more === 0 ? [] : [...lines, ...(hidden === 0 ? [] : [`… and ${hidden} more`])];
  return modelYamlError(inOrder[0]?.code ?? "MODEL_YAML_INVALID", message, { details });
}
