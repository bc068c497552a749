import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { succeed } from "../../support/command-line.ts";
import { git } from "../../support/git.ts";
import { as, editGitops, evaluate, inCopyOf, replaceIn, waiveScan } from "../../support/release-scene.ts";
import type { Row } from "./row.ts";

const links = (checkout: string, release: string) => join(checkout, "slipway", "ledger", "tiny-llm", release);
const first = "0001.json";
const second = "0002.json";
const champion: Row["args"] = (releases) => ["promote", releases.champion, "--to", "archived", ...as("lead")];
const inChampion = (edit: (folder: string, checkout: string) => Promise<unknown>) => (work: string) =>
  editGitops(work, (checkout) => edit(links(checkout, "1.0.0-default"), checkout));

/** A ledger that somebody edited, or that is not there; nobody is promoted until it holds again. */
export const ledgerRows: readonly Row[] = [
  {
    what: "a chain whose first link was removed",
    prepare: inChampion((folder) => rm(join(folder, first))),
    args: champion,
    code: "CHAIN_GAP",
    status: 3,
    says: /link 2/,
  },
  {
    what: "a chain whose last link was removed",
    prepare: inChampion((folder) => rm(join(folder, second))),
    args: champion,
    code: "CHAIN_DIVERGED",
    status: 3,
    says: /only in the store: link 2/,
  },
  {
    what: "a chain that was reordered",
    prepare: inChampion(async (folder) => {
      await rename(join(folder, first), join(folder, "swap"));
      await rename(join(folder, second), join(folder, first));
      await rename(join(folder, "swap"), join(folder, second));
    }),
    args: champion,
    code: "CHAIN_INVALID",
    status: 3,
    says: /reordered/,
  },
  {
    what: "a chain with a link of another release",
    prepare: inChampion((folder, checkout) =>
      cp(join(links(checkout, "1.1.0-default"), first), join(folder, "0003.json")),
    ),
    args: champion,
    code: "CHAIN_FOREIGN",
    status: 3,
    says: /1\.1\.0/,
  },
  {
    what: "a link below a release that is not its own",
    prepare: inChampion((folder, checkout) => cp(folder, links(checkout, "9.9.9-default"), { recursive: true })),
    args: champion,
    code: "LEDGER_ENTRY_REFUSED",
    status: 3,
    says: /9\.9\.9-default/,
  },
  {
    what: "a chain that is forked",
    prepare: forkFresh,
    args: ({ fresh }) => ["promote", fresh, "--to", "production", ...as("lead")],
    code: "CHAIN_FORKED",
    status: 3,
    says: /1\.2\.0/,
  },
  {
    what: "a link that is garbage",
    prepare: inChampion((folder) => writeFile(join(folder, "0003.json"), "{}")),
    args: champion,
    code: "LEDGER_ENTRY_REFUSED",
    status: 3,
    says: /0003\.json/,
  },
  {
    what: "a link that is no promotion",
    prepare: inChampion(async (folder, checkout) => {
      const events = join(checkout, "slipway", "events", "production", "tiny-llm", "default");
      const [event = ""] = await readdir(events);
      await cp(join(events, event), join(folder, "0003.json"));
    }),
    args: champion,
    code: "LEDGER_ENTRY_REFUSED",
    status: 3,
    says: /is not a promotion/,
  },
  {
    what: "a link that was altered",
    prepare: inChampion(async (folder) => {
      const bundle = await readFile(join(folder, second), "utf8");
      await writeFile(
        join(folder, second),
        bundle.replace(/(?<="sig":\s*")(.)/, (sign) => (sign === "A" ? "B" : "A")),
      );
    }),
    args: champion,
    code: "LEDGER_ENTRY_REFUSED",
    status: 3,
  },
  {
    what: "a file that is not a link",
    prepare: inChampion((folder) => writeFile(join(folder, "notes.txt"), "mine")),
    args: champion,
    code: "LEDGER_MALFORMED",
    status: 3,
    says: /notes\.txt/,
  },
  {
    what: "a ledger that was put back to before a promotion",
    prepare: (work) => putBack(work, "1.1.0-default"),
    args: ({ staged }) => ["promote", staged, "--to", "production", ...as("lead")],
    code: "CHAIN_DIVERGED",
    status: 3,
    says: /only in the store: link 1/,
  },
  {
    what: "a link by somebody who lost the role",
    prepare: (work) =>
      replaceIn(join(work, "release-policy.yaml"), "name: lena\n", "name: lena\n      until: 2020-01-01T00:00:00Z\n"),
    args: ({ champion }) => ["promote", champion, "--to", "archived", ...as("engineer")],
    code: "CHAIN_UNAUTHORISED",
    status: 3,
    says: /lena/,
  },
  {
    what: "a ledger that is not there",
    prepare: (work) => rm(join(work, "gitops.git"), { recursive: true }),
    args: champion,
    code: "GIT_NOT_FOUND",
    status: 2,
    says: /gitops\.git/,
  },
  {
    what: "a ledger that is empty",
    prepare: async (work) => {
      await rm(join(work, "gitops.git"), { recursive: true });
      git(work, "init", "--quiet", "--bare", "gitops.git");
    },
    args: champion,
    code: "CHAIN_DIVERGED",
    status: 3,
  },
];

/** Two promotions of one release, each made without the other; one was pushed, and the other put beside it. */
async function forkFresh(work: string, { champion: baseline, fresh }: Parameters<Row["args"]>[0]): Promise<void> {
  await waiveScan(work, fresh);
  await evaluate(work, fresh, "1.2.0", "--baseline", baseline);
  const promote = ["promote", fresh, "--to", "staging", ...as("engineer")];
  const link = `main:slipway/ledger/tiny-llm/1.2.0-default/${first}`;
  const other = await inCopyOf(work, async (copy) => {
    await succeed(promote, copy);
    return git(copy, "--git-dir", "gitops.git", "show", link);
  });
  await succeed(promote, work);
  await editGitops(work, (checkout) => writeFile(join(links(checkout, "1.2.0-default"), second), `${other}\n`));
}

async function putBack(work: string, release: string): Promise<void> {
  const repository = ["--git-dir", "gitops.git"];
  const commit = git(
    work,
    ...repository,
    "log",
    "-1",
    "--format=%H",
    "main",
    "--",
    `slipway/ledger/tiny-llm/${release}`,
  );
  git(work, ...repository, "update-ref", "refs/heads/main", `${commit}^`);
}
