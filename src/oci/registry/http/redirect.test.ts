import { describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { locate } from "./redirect.ts";

const from = new URL("https://registry.example.com/v2/a/blobs/uploads/");

describe("where a location leads", () => {
  it.each([
    ["/v2/a/blobs/uploads/1?state=x", "https://registry.example.com/v2/a/blobs/uploads/1?state=x"],
    ["https://storage.example.net/x?sig=a%2Bb", "https://storage.example.net/x?sig=a%2Bb"],
    ["//other.example.com/x", "https://other.example.com/x"],
    ["uuid-1", "https://registry.example.com/v2/a/blobs/uploads/uuid-1"],
    // Behind a proxy that ends TLS, a registry does not know better.
    ["http://registry.example.com/v2/x", "https://registry.example.com/v2/x"],
    ["http://registry.example.com:80/v2/x", "https://registry.example.com/v2/x"],
  ])("%s is %s", (location, to) => {
    expect(locate(location, from).href).toBe(to);
  });

  it.each([
    [undefined, "REGISTRY_CONFUSED"],
    ["", "REGISTRY_CONFUSED"],
    ["http://[", "REGISTRY_CONFUSED"],
    ["file:///etc/passwd", "REGISTRY_CONFUSED"],
    ["ftp://registry.example.com/x", "REGISTRY_CONFUSED"],
    ["https://user:password@registry.example.com/x", "REGISTRY_CONFUSED"],
    [`/${"x".repeat(20_000)}`, "REGISTRY_CONFUSED"],
  ])("%s is refused with %s", async (location, code) => {
    const { message } = await expectError(code, () => locate(location, from));
    expect(message).not.toContain("password");
  });

  it("stays without encryption where it began without", () => {
    expect(locate("http://127.0.0.1:5001/x", new URL("http://127.0.0.1:5000/v2/")).href).toBe(
      "http://127.0.0.1:5001/x",
    );
  });
});
