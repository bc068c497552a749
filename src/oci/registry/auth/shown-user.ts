import type { Credentials } from "./credentials.ts";

/** Some services take a token in place of the user name; these are how such tokens start. */
const tokenStarts = /^(gh[a-z]_|github_pat_|glpat-|hf_|dckr_|eyJ)/;
const longestName = 64;

/** Who credentials are for, without anything that could be a secret. */
export function shownUser(credentials: Credentials): string {
  if (credentials.kind !== "password") return "a token";
  const { username, password } = credentials;
  const isName = /^[\x20-\x7e]+$/.test(username) && username.length <= longestName && !tokenStarts.test(username);
  return isName && username !== password ? `user "${username}"` : "a user";
}
