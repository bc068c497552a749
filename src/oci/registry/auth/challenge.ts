import { noPlainHosts, type PlainHosts } from "../http/plain-http.ts";
import { tokenServer } from "./realm.ts";

/** What a registry wants to see in `Authorization`. */
export type Challenge = { readonly scheme: "basic" } | BearerChallenge;

/** A token of the server `realm` is wanted (distribution, "Token Authentication Specification"; RFC 6750). */
export interface BearerChallenge {
  readonly scheme: "bearer";
  readonly realm: URL;
  readonly service: string | undefined;
  /** Scopes that the refused request needed, with blanks between them. */
  readonly scope: string | undefined;
  /** `invalid_token`, `insufficient_scope`, … */
  readonly error: string | undefined;
}

interface RawChallenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case; of a name that comes twice, the first value. */
  readonly parameters: Map<string, string>;
}

/** Real ones have some hundred characters; a scope of many repositories some thousand. */
const maxLength = 8192;
const maxValues = 16;

const separators = /[\s,]+/y;
const schemeName = /[\w!#$%&'*+.^`|~-]+(?=[\s,]|$)/y;
// The value without quotes takes more than a token may hold: URLs stand there, too.
const parameter = /([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)("?)|([^\s,"]*))/sy;
const anythingElse = /"(?:[^"\\]|\\.)*"?|[^\s,"]+/sy;

/**
 * Reads the values of `WWW-Authenticate` (RFC 9110, 11.6.1). Schemes other than Basic and Bearer, and what cannot be
 * understood, are left out; so are values longer than 8 KiB.
 *
 * @param values one for each header of that name; each may hold several challenges
 * @param registry origin of the registry that sent them
 * @param named hosts that the user named for plain HTTP
 * @returns in the order in which they came
 * @throws SlipwayError TOKEN_REALM_REFUSED when a token server is named that must not be asked
 */
export function parseChallenges(
  values: readonly string[],
  registry: URL,
  named: PlainHosts = noPlainHosts,
): readonly Challenge[] {
  return values
    .slice(0, maxValues)
    .filter(({ length }) => length <= maxLength)
    .flatMap(readChallenges)
    .flatMap((challenge) => understood(challenge, registry, named));
}

function understood({ scheme, parameters }: RawChallenge, registry: URL, named: PlainHosts): readonly Challenge[] {
  if (scheme === "basic") return [{ scheme }];
  const realm = parameters.get("realm") ?? "";
  if (scheme !== "bearer" || realm === "") return [];
  return [
    {
      scheme,
      realm: tokenServer(realm, registry, named),
      service: parameters.get("service"),
      scope: parameters.get("scope"),
      error: parameters.get("error"),
    },
  ];
}

function readChallenges(value: string): readonly RawChallenge[] {
  const found: RawChallenge[] = [];
  let position = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(value);
    if (match !== null) position = pattern.lastIndex;
    return match;
  };
  let mayStart = true;
  while (position < value.length) {
    const between = next(separators)?.[0] ?? "";
    // A token after a blank belongs to the challenge before it: `Negotiate YIIB…`.
    mayStart ||= between.includes(",");
    const name = next(parameter);
    if (name === null) {
      const scheme = mayStart ? next(schemeName)?.[0] : undefined;
      if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
      else next(anythingElse);
    } else {
      const [, key = "", quoted, end, plain = ""] = name;
      // A quote that never ends has swallowed what came after it, so nothing is known of this challenge.
      if (quoted !== undefined && end === "") return found.slice(0, -1);
      const { parameters } = found.at(-1) ?? { parameters: new Map<string, string>() };
      const lower = key.toLowerCase();
      if (!parameters.has(lower)) parameters.set(lower, quoted?.replace(/\\(.)/gs, "$1") ?? plain);
    }
    mayStart = false;
  }
  return found;
}
