import { styleText } from "node:util";

/** The few ways in which text is set apart on a terminal. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly accent: (text: string) => string;
}

const plain: Style = {
  strong: (text) => text,
  faint: (text) => text,
  error: (text) => text,
  warning: (text) => text,
  accent: (text) => text,
};

// Whether the stream shows colours was decided by the caller, for the stream that it writes to.
const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(format, text, { validateStream: false });

const coloured: Style = {
  strong: paint("bold"),
  faint: paint("dim"),
  error: paint(["bold", "red"]),
  warning: paint("yellow"),
  accent: paint("cyan"),
};

export function styleFor(color: boolean): Style {
  return color ? coloured : plain;
}
