import { describe, expect, it } from "vitest";
import { mayReach, originOf, plainHosts } from "./plain-http.ts";

describe("the origin of a registry", () => {
  it.each<[string, string[], string]>([
    ["registry.example.com", [], "https://registry.example.com"],
    ["registry.example.com:5000", [], "https://registry.example.com:5000"],
    ["docker.io", [], "https://registry-1.docker.io"],
    ["localhost:5000", [], "http://localhost:5000"],
    ["localhost:443", [], "http://localhost:443"],
    ["127.8.9.10", [], "http://127.8.9.10"],
    ["[::1]:5000", [], "http://[::1]:5000"],
    ["registry.localhost", [], "https://registry.localhost"],
    ["10.0.0.1:5000", [], "https://10.0.0.1:5000"],
    ["0.0.0.0:5000", [], "https://0.0.0.0:5000"],
    ["Registry.Local:5000", ["registry.local:5000"], "http://registry.local:5000"],
    ["registry.local:80", ["registry.local"], "http://registry.local"],
    ["registry.local", ["registry.local"], "http://registry.local"],
    ["registry.local", ["registry.local:5000"], "https://registry.local"],
    ["registry.local:5001", ["registry.local:5000"], "https://registry.local:5001"],
    ["a.registry.local:5000", ["registry.local:5000"], "https://a.registry.local:5000"],
  ])("%s, with %j for plain HTTP, is %s", (host, named, origin) => {
    expect(originOf(host, plainHosts(named)).origin).toBe(origin);
  });
});

describe("a registry", () => {
  const named = plainHosts(["registry.local:5000", "storage.local"]);

  it.each([
    ["https://registry.example.com", "https://storage.example.net/x", true],
    ["https://registry.example.com", "http://storage.example.net/x", false],
    ["https://registry.example.com", "http://registry.example.com/x", false],
    ["https://registry.example.com", "http://127.0.0.1/x", false],
    ["https://registry.example.com", "http://storage.local/x", true],
    ["https://registry.example.com", "http://storage.local:81/x", false],
    ["https://localhost:5000", "http://localhost:5001/x", false],
    ["http://registry.local:5000", "http://registry.local:5000/x", true],
    ["http://registry.local:5000", "http://registry.local:5001/x", false],
    ["http://registry.local:5000", "http://localhost:5000/x", false],
    ["http://other.local:5000", "http://other.local:5000/x", false],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5001/x", true],
    ["http://127.0.0.1:5000", "http://localhost:5001/x", true],
    ["http://127.0.0.1:5000", "http://192.0.2.1/x", false],
    ["http://127.0.0.1:5000", "http://127.0.0.1.example.net/x", false],
    ["http://127.0.0.1:5000", "file:///etc/passwd", false],
  ])("at %s may lead to %s: %j", (registry, url, answer) => {
    expect(mayReach(new URL(url), new URL(registry), named)).toBe(answer);
  });
});
