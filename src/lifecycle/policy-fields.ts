import { line, place, sentence, textLike, uniqueList } from "../documents/index.ts";

const name = /^[a-z][a-z0-9-]*$/;

/** Name of a role, key, gate, predicate, environment or pointer. @param what continues "… must be" */
export function nameOf(what: string) {
  return textLike(`${what}: lower-case letters, digits and "-", beginning with a letter`, {
    pattern: name,
    maxLength: 64,
  });
}

export const roleList = uniqueList(
  nameOf('a role, such as "mlops-engineer"'),
  "a list of at least one role, such as [mlops-engineer]",
  1,
);

/** A whole number of seconds, minutes, hours or days. */
export const duration = textLike('a time span such as "90s", "30m", "12h" or "30d"', {
  pattern: /^[1-9]\d{0,5}[smhd]$/,
  maxLength: 7,
});

/** RFC 3339 in UTC, to the second. */
export const time = textLike("a time in UTC, such as 2027-01-01T00:00:00Z", {
  pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  maxLength: 20,
}).check(sentence((text) => (isMoment(text) ? undefined : `names a time that does not exist, ${text.slice(0, 20)}`)));

/** A repository is an argument of git; what begins with "-" is an option there, and "::" starts a program. */
export const repository = place("the URL or the path of a Git repository").check(
  sentence((text) =>
    /^-|^[\w+.-]+::/.test(text)
      ? 'begins with "-" or with a program and "::", which Git takes for more than a place'
      : undefined,
  ),
);

export const branch = line("the name of a branch, such as main", 200).check(
  sentence((text) =>
    /^[\w][\w./-]*$/.test(text) && !/\.\.|\/\/|\/$|\.$|\.lock$|\/\./.test(text)
      ? undefined
      : "is not the name of a branch, such as main",
  ),
);

function isMoment(text: string): boolean {
  const time = Date.parse(text);
  // Date.parse takes 30 February for a day in March.
  return !Number.isNaN(time) && new Date(time).toISOString() === text.replace("Z", ".000Z");
}

/** A part of an identity, in which a `*` may stand. One that is a pattern alone would mean everybody. */
export function identityText(what: string) {
  return line(what).check(
    sentence((text) => (/^[*/]*$/.test(text) ? "means everybody; name at least a part of it" : undefined)),
  );
}
