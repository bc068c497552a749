/** What a commit says. */
export interface CommitMessage {
  readonly subject: string;
  readonly body?: string;
  readonly trailers: readonly (readonly [string, string])[];
}

/**
 * The text of a commit's message: subject, body, trailers. Values come from outside; none can begin a line of its own,
 * and no line of the body can pass for a trailer, because the last paragraph holds ours alone.
 */
export function encodeMessage({ subject, body = "", trailers }: CommitMessage): string {
  const paragraphs = [oneLine(subject)];
  const text = body
    .split("\n")
    .map((line) => line.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trimEnd())
    .join("\n")
    .trim();
  if (text !== "") paragraphs.push(text);
  paragraphs.push(trailers.map(([key, value]) => `${key}: ${oneLine(value)}`).join("\n"));
  return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}
