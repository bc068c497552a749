import { contractError } from "../../contract/index.ts";

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Hiding shorter values would hide half of what is said, and they are no secrets. */
const shortestSecret = 4;

/**
 * What a command may know of the step's environment, and what takes the values of the named variables out of a text:
 * some are secrets, and nobody says which.
 *
 * @param names of variables besides PATH and HOME; those that are not set are left out
 * @throws SlipwayError INPUT_INVALID
 */
export function childEnvironment(names: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  if (!names.every((name) => variableName.test(name))) {
    // Not shown: it may be NAME=value.
    throw contractError("INPUT_INVALID", 'the input "signer-env" has an item that is not the name of a variable', {
      remedy: "Give names alone, such as AWS_REGION; their values come from the environment of the step.",
    });
  }
  const seen = Object.fromEntries(["PATH", "HOME", ...names].map((name) => [name, env[name]]));
  const secrets = names.flatMap((name) => spellings(env[name] ?? "")).sort((a, b) => b.length - a.length);
  const hide = (text: string) => secrets.reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
  return { env: seen, hide };
}

/** A value as a program may repeat it: whole, line by line, in a URL, in a header of HTTP. */
function spellings(value: string): string[] {
  const whole = value.trim();
  const lines = whole.split(/[\r\n]+/).map((line) => line.trim());
  const encoded = [encodeURIComponent(whole.toWellFormed()), Buffer.from(whole).toString("base64")];
  return [...new Set([whole, ...lines, ...encoded])].filter((text) => text.length >= shortestSecret);
}
