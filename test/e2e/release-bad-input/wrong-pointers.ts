import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../../support/git.ts";
import { as, editGitops, replaceIn, toProduction } from "../../support/release-scene.ts";
import type { Row } from "./row.ts";

const file = "production/values.yaml";
const deploy: Row["args"] = ({ champion }) => [
  ...["update-pointer", champion, ...toProduction, ...as("engineer"), "--reason", "Because"],
];
const policy = (from: string | RegExp, to: string) => (work: string) =>
  replaceIn(join(work, "release-policy.yaml"), from, to);
const values = (text: string) => (work: string) =>
  editGitops(work, (checkout) => writeFile(join(checkout, file), text));
const empty = 'version: ""\n  digest: ""\n  uri: ""\n';

/** Commits a pointer that names nothing, so that the champion would be deployed anew. */
export const withoutPin = values(`model:\n  ${empty}`);

/** Commits something in the place of a hold. */
export function malformedHold(work: string): Promise<void> {
  return editGitops(work, async (checkout) => {
    const folder = join(checkout, "slipway", "holds", "production", "tiny-llm", "default");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${"0".repeat(64)}.json`), '{"schema": "urn:slipway:hold:v1"}\n');
  });
}

/** Lets the repository refuse every push, as a protected branch does. */
export async function rejectPushes(work: string): Promise<void> {
  const hooks = join(work, "gitops.git", "hooks");
  await mkdir(hooks, { recursive: true });
  await writeFile(join(hooks, "pre-receive"), '#!/bin/sh\necho "Only on Tuesdays" >&2\nexit 1\n', { mode: 0o755 });
}

/** Pointers that would be edited in the wrong place, or that name no release. */
export const pointerRows: readonly Row[] = [
  {
    what: "a field that is not in the file",
    prepare: policy("version: model.version", "version: model.versoin"),
    args: deploy,
    code: "POINTER_NOT_FOUND",
    status: 2,
    says: /versoin.*version/,
  },
  {
    what: "a field that cannot be read",
    prepare: policy("version: model.version", "version: model..version"),
    args: deploy,
    code: "SELECTOR_INVALID",
    status: 2,
  },
  {
    what: "a field that is a mapping",
    prepare: policy("version: model.version", "version: model"),
    args: deploy,
    code: "POINTER_NOT_SCALAR",
    status: 2,
  },
  {
    what: "a field that is an alias",
    prepare: values(`base: &base\n  ${empty}model: *base\n`),
    args: deploy,
    code: "POINTER_ALIAS",
    status: 2,
    says: /\*base/,
  },
  {
    what: "a field that is repeated by an alias",
    prepare: values('model:\n  version: &v ""\n  digest: ""\n  uri: ""\nother: *v\n'),
    args: deploy,
    code: "POINTER_ALIASED",
    status: 2,
  },
  {
    what: "a field behind a merge key",
    prepare: values(`base: &base\n  ${empty}model:\n  <<: *base\n`),
    args: deploy,
    code: "POINTER_MERGE_KEY",
    status: 2,
  },
  {
    what: "a field that is there twice",
    prepare: values(`model:\n  ${empty}  version: ""\n`),
    args: deploy,
    code: "POINTER_DUPLICATE_KEY",
    status: 2,
  },
  {
    what: "a field that is a block scalar",
    prepare: values('model:\n  version: |\n\n  digest: ""\n  uri: ""\n'),
    args: deploy,
    code: "POINTER_SCALAR_UNSUPPORTED",
    status: 2,
  },
  {
    what: "two items of a list that fit",
    prepare: async (work) => {
      await policy(
        /fields: .*/,
        'fields: {version: "m[name=a].version", digest: "m[name=a].digest", uri: "m[name=a].uri"}',
      )(work);
      const item = '  - {name: a, version: "", digest: "", uri: ""}\n';
      await values(`m:\n${item}${item}`)(work);
    },
    args: deploy,
    code: "POINTER_AMBIGUOUS",
    status: 2,
  },
  {
    what: "a file that is no YAML",
    prepare: values("model: {\n"),
    args: deploy,
    code: "POINTER_FILE_INVALID",
    status: 2,
    says: /production\/values\.yaml/,
  },
  {
    what: "a file that is missing",
    prepare: (work) => editGitops(work, (checkout) => rm(join(checkout, file))),
    args: deploy,
    code: "POINTER_FILE_MISSING",
    status: 2,
  },
  {
    what: "a file that is a link",
    prepare: (work) =>
      editGitops(work, async (checkout) => {
        await rm(join(checkout, file));
        await symlink("other.yaml", join(checkout, file));
      }),
    args: deploy,
    code: "GIT_FILE_UNUSABLE",
    status: 3,
    says: /symbolic link/,
  },
  {
    what: "a pointer that names an alias",
    prepare: values('model:\n  version: latest\n  digest: ""\n  uri: ""\n'),
    args: deploy,
    code: "POINTER_PIN_INVALID",
    status: 3,
    says: /\\"latest\\" is not a version/,
  },
  {
    what: "a pointer whose parts disagree",
    prepare: values(
      `model:\n  version: 1.0.0\n  digest: sha256:${"1".repeat(64)}\n  uri: oci:store@sha256:${"2".repeat(64)}\n`,
    ),
    args: deploy,
    code: "POINTER_PIN_INVALID",
    status: 3,
    says: /does not end with the pinned digest/,
  },
  {
    what: "a variant without a pointer",
    prepare: policy("variant: default", "variant: jetson"),
    args: deploy,
    code: "POINTER_UNDECLARED",
    status: 2,
    says: /tiny-llm \(default\)/,
  },
  {
    what: "a repository that is not there",
    prepare: policy("    states:", "    repository: nowhere.git\n    states:"),
    args: deploy,
    code: "GIT_NOT_FOUND",
    status: 2,
    says: /nowhere\.git/,
  },
  {
    what: "a repository that is empty",
    prepare: async (work) => {
      git(work, "init", "--quiet", "--bare", "empty.git");
      await policy("    states:", "    repository: empty.git\n    states:")(work);
    },
    args: deploy,
    code: "POINTER_FILE_MISSING",
    status: 2,
  },
  {
    what: "a repository that is a shallow clone",
    prepare: async (work) => {
      git(work, "clone", "--quiet", "--bare", "--depth=1", `file://${join(work, "gitops.git")}`, "shallow.git");
      await policy("    states:", "    repository: shallow.git\n    states:")(work);
    },
    args: deploy,
    code: "GIT_SHALLOW",
    status: 2,
    says: /shallow\.git/,
  },
];
