import { expect, it } from "vitest";
import { input } from "../../contract/index.ts";
import { joinBooleans } from "./flags.ts";

const contract = {
  inputs: {
    note: input.string({ description: "" }),
    force: input.boolean({ description: "", default: false }),
    "dry-run": input.boolean({ description: "", default: true }),
  },
};

it.each([
  [["--force"], ["--force=true"]],
  [["--no-dry-run"], ["--dry-run=false"]],
  [
    ["--force", "oci:a"],
    ["--force=true", "oci:a"],
  ],
  [
    ["--force", "false", "oci:a"],
    ["--force=false", "oci:a"],
  ],
  [["--force", "TRUE"], ["--force=TRUE"]],
  [["--force=maybe"], ["--force=maybe"]],
  [["--no-note"], ["--no-note"]],
  [
    ["--note", "true"],
    ["--note", "true"],
  ],
  [
    ["--", "--force"],
    ["--", "--force"],
  ],
  [
    ["--force", "--", "true"],
    ["--force=true", "--", "true"],
  ],
])("%j becomes %j", (argv, joined) => {
  expect(joinBooleans(argv, contract)).toEqual(joined);
});
