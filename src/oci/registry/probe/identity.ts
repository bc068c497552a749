import { reason, SlipwayError } from "../../../errors/index.ts";
import { type Finding, finding } from "../../finding.ts";
import type { LocatedCredentials } from "../auth/index.ts";
import type { TokenLife } from "./observations.ts";

/** One large file takes longer than this on most lines. */
const shortLifeSeconds = 120;

/** What looking for credentials came to. */
export type CredentialSearch =
  | { readonly kind: "found"; readonly located: LocatedCredentials }
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly error: unknown };

/** Which credentials there are, and where; never a secret. */
export function judgeCredentials(search: CredentialSearch, host: string, challenged: boolean): Finding {
  if (search.kind === "failed") {
    const { error } = search;
    const remedy = error instanceof SlipwayError ? error.remedy : "Write the file again with `docker login`.";
    return finding("credentials", "failed", reason(error), remedy);
  }
  if (search.kind === "none") {
    if (!challenged) return finding("credentials", "ok", "none here, and the registry asks for none");
    return finding(
      "credentials",
      "warning",
      `none for ${host}: everything is asked anonymously, and the registry asks who it is`,
      `Pushing will be refused, and pulling what is private: log in with \`docker login ${host}\`.`,
    );
  }
  const { credentials, file, helper, exposed } = search.located;
  const who = credentials.kind === "password" ? `the user ${credentials.username}` : wordsFor[credentials.kind];
  const where = helper === undefined ? `in ${file}` : `from docker-credential-${helper}, which ${file} names`;
  const unused = challenged ? "" : "; the registry did not ask for them";
  if (!exposed) return finding("credentials", "ok", `${who} ${where}${unused}`);
  return finding(
    "credentials",
    "warning",
    `${who} ${where}${unused}; every user of this machine may read that file`,
    `Who reads it can push releases in your name: \`chmod 600 ${file}\`.`,
  );
}

const wordsFor = { "identity-token": "an identity token", "registry-token": "a registry token" } as const;

/** How long a token lives. @param life undefined when no token was asked for */
export function judgeToken(life: TokenLife | undefined): Finding {
  if (life === undefined) return finding("token", "skipped", "no token server was asked");
  if (life === "unstated") {
    return finding(
      "token",
      "ok",
      "the token server does not say how long a token lives; it is taken for 60 s and renewed",
    );
  }
  if (life >= shortLifeSeconds) return finding("token", "ok", `a token lives ${life} s, and is renewed before`);
  return finding(
    "token",
    "warning",
    `a token lives only ${life} s`,
    "It is renewed before each request, but one upload that outlasts it may be refused at its end: have the token server give 30 minutes.",
  );
}
