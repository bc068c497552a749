import { Document, isScalar, visit } from "yaml";

/**
 * Kubernetes documents as one YAML file, with a comment above each.
 *
 * Written so that readers of YAML 1.1 and 1.2 see the same: what either could take for more than a text is quoted.
 * Whatever a line of a comment holds, it stays a comment.
 */
export function yamlText(
  documents: readonly { readonly comment: readonly string[]; readonly content: object }[],
): string {
  return documents.map(({ comment, content }) => `${comment.map(commentLine).join("")}${body(content)}`).join("---\n");
}

function commentLine(text: string): string {
  const lines = text.split(/[\r\n\u0085\u2028\u2029]+/);
  return lines.map((line) => (line === "" ? "#\n" : `# ${line}\n`)).join("");
}

function body(content: object): string {
  const document = new Document(content, { version: "1.1", aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === "string" && node.value.includes("\n")) node.type = "BLOCK_LITERAL";
    },
  });
  return document.toString({ lineWidth: 0 });
}
