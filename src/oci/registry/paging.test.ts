import { expect, it } from "vitest";
import { nextPage } from "./paging.ts";

it.each([
  ['</v2/a/tags/list?n=2&last=b>; rel="next"', "https://r.example.com/v2/a/tags/list?n=2&last=b"],
  ["<https://r.example.com/x>;rel=next", "https://r.example.com/x"],
  ['<?last=b>; title="a"; rel="next"', "https://r.example.com/v2/a/tags/list?last=b"],
  ['</p>; rel="prev", </n>; rel="next"', "https://r.example.com/n"],
  ['</p>; rel="prev"', undefined],
  ["", undefined],
  [undefined, undefined],
  ["</x>", undefined],
])("Link: %s leads to %s", (link, expected) => {
  expect(nextPage(link, new URL("https://r.example.com/v2/a/tags/list"))?.href).toBe(expected);
});
