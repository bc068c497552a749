import { describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { plainHosts } from "../http/plain-http.ts";
import { tokenServer } from "./realm.ts";

const remote = new URL("https://registry.example.com");
const secured = new URL("https://localhost:5000");
const plain = new URL("http://registry.example.com:5000");
const local = new URL("http://127.0.0.1:5000");

describe("a token server", () => {
  it.each<[URL, string, string]>([
    [remote, "https://registry.example.com/token", "https://registry.example.com/token"],
    [remote, "https://auth.other.example/token?a=b", "https://auth.other.example/token?a=b"],
    [remote, "HTTPS://auth.example.com", "https://auth.example.com/"],
    [remote, "https://auth.example.com/token#part", "https://auth.example.com/token"],
    [plain, "https://auth.example.com/token", "https://auth.example.com/token"],
    [local, "https://auth.example.com/token", "https://auth.example.com/token"],
    [local, "http://127.0.0.1:5001/token", "http://127.0.0.1:5001/token"],
    [local, "http://localhost:5001/token", "http://localhost:5001/token"],
    [local, "http://[::1]:5001/token", "http://[::1]:5001/token"],
    [local, "http://127.1/token", "http://127.0.0.1/token"],
  ])("of %s may be %s", (registry, realm, url) => {
    expect(tokenServer(realm, registry).href).toBe(url);
  });

  it.each<[URL, string, RegExp]>([
    [remote, "http://auth.example.com/token", /plain HTTP/],
    [remote, "http://127.0.0.1/token", /plain HTTP/],
    [secured, "http://127.0.0.1/token", /plain HTTP/],
    [plain, "http://registry.example.com:5000/token", /plain HTTP/],
    [plain, "http://127.0.0.1/token", /plain HTTP/],
    [local, "http://auth.example.com/token", /plain HTTP/],
    [local, "http://127.0.0.1.evil.example/token", /plain HTTP/],
    [local, "http://localhost.evil.example/token", /plain HTTP/],
    [local, "http://128.0.0.1/token", /plain HTTP/],
    [local, "http://0.0.0.0/token", /plain HTTP/],
    [local, "http://169.254.169.254/latest/meta-data", /plain HTTP/],
    [local, "file:///etc/passwd", /"file:"/],
    [remote, "ftp://auth.example.com/", /"ftp:"/],
    [remote, "data:application/json,{}", /"data:"/],
    [remote, "javascript:1", /"javascript:"/],
    [remote, "https://user:pa55@auth.example.com/token", /user name/],
    [remote, "https://user@auth.example.com/token", /user name/],
    [remote, "https://:pa55@auth.example.com/token", /user name/],
    [remote, "/token", /not a URL/],
    [remote, "auth.example.com", /not a URL/],
    [remote, "https://", /not a URL/],
    [remote, "https://127.0.0.999/", /not a URL/],
    [remote, "", /not a URL/],
  ])("of %s may not be %s", async (registry, realm, why) => {
    const error = await expectError("TOKEN_REALM_REFUSED", () => tokenServer(realm, registry));
    expect(error.message).toMatch(why);
    expect(error.message).toContain(registry.host);
    expect(error.message).not.toMatch(/user[:@]|pa55/);
  });
});

describe("a token server over plain HTTP", () => {
  const named = plainHosts(["auth.example.com:5001", "registry.example.com:5000"]);

  it.each([remote, secured, plain, local])("of %s may be one that the user named", (registry) => {
    expect(tokenServer("http://auth.example.com:5001/token", registry, named).host).toBe("auth.example.com:5001");
  });

  it.each<[URL, string]>([
    [remote, "http://auth.example.com/token"],
    [remote, "http://auth.example.com:5002/token"],
    [plain, "http://other.example.com:5001/token"],
    [plain, "http://127.0.0.1:5001/token"],
    [secured, "http://127.0.0.1:5001/token"],
  ])("of %s may not be %s, which the user did not name", async (registry, realm) => {
    const { remedy } = await expectError("TOKEN_REALM_REFUSED", () => tokenServer(realm, registry, named));
    expect(remedy).toContain(`add ${new URL(realm).host} to plain-http`);
  });
});
