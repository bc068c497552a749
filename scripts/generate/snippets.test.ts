import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { version } from "../repository.ts";
import { fixture } from "./fixture-contract.ts";
import { commandSnippet, githubSnippet, tektonSnippet } from "./snippets.ts";

describe("snippets", () => {
  test("for GitHub, pinned by commit with the version beside it", () => {
    expect(githubSnippet(fixture)).toBe(`- uses: slipway-dev/slipway/actions/weigh-anchor@<commit> # v${version}
  id: weigh-anchor
  with:
    subject: oci:harbour:1.0.0
    log: ship's log.txt
    key: windlass.pem
`);
  });

  test("for Tekton, with the name of a Secret where GitHub has a file", () => {
    expect(parse(tektonSnippet(fixture)).spec).toEqual({
      taskRef: { name: "slipway-weigh-anchor" },
      params: [
        { name: "subject", value: "oci:harbour:1.0.0" },
        { name: "log", value: "ship's log.txt" },
        { name: "key-secret", value: "slipway-key" },
      ],
      workspaces: [{ name: "source", persistentVolumeClaim: { claimName: "models" } }],
    });
  });

  test("for a shell, the positional input first", () => {
    expect(commandSnippet(fixture)).toBe(
      "slipway weigh-anchor oci:harbour:1.0.0 --log 'ship'\\''s log.txt' --key windlass.pem",
    );
  });
});
