import { admissionError } from "./errors.ts";

const name = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const value = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

/**
 * Reads `name=value`, a label of Kubernetes.
 * @throws SlipwayError NAMESPACE_LABEL_INVALID
 */
export function parseNamespaceLabel(text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf("=");
  const label = { name: text.slice(0, at), value: text.slice(at + 1) };
  if (at > 0 && name.test(label.name) && value.test(label.value)) return label;
  throw admissionError("NAMESPACE_LABEL_INVALID", `"${text.slice(0, 80)}" is no label of the form name=value`);
}
