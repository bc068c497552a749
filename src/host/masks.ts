/** The secrets of one run, in every spelling in which they could be shown. */
export interface Masks {
  /** Registers a secret. @returns the texts that are hidden from now on because of it */
  add(secret: string): readonly string[];
  /** The text with every secret replaced by `***`. */
  hide(text: string): string;
  holds(text: string): boolean;
}

// PEM armour is public, and messages quote it to say what they expected.
const armour = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$/;

// The lines of a JSON key file include `{` and `},`; hiding those would make every log unreadable.
const shortestLine = 4;

export function createMasks(): Masks {
  let hidden: string[] = [];
  return {
    add(secret) {
      const added = spellings(secret).filter((text) => !hidden.includes(text));
      // Longest first: a line hidden before the whole would leave the rest of the whole behind.
      hidden = [...hidden, ...added].sort((a, b) => b.length - a.length);
      return added;
    },
    hide: (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, "***"), text),
    holds: (text) => hidden.some((secret) => text.includes(secret)),
  };
}

function spellings(secret: string): string[] {
  const whole = secret.trim();
  if (whole === "") return [];
  const lines = whole
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line === whole || (line.length >= shortestLine && !armour.test(line)));
  const encoded = [encodeURIComponent(whole.toWellFormed()), Buffer.from(whole).toString("base64")];
  const quoted = [whole, ...lines].map((text) => JSON.stringify(text).slice(1, -1));
  return [...new Set([whole, ...lines, ...quoted, ...encoded])];
}
