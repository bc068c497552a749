import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Circumstances, slipway, succeed } from "../support/command-line.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { treeOf } from "../support/tree.ts";

/*
 * What a user can get wrong, through the built command line: each has its own code, one line, a remedy, its family's
 * exit status, no stack trace, and leaves everything as it was.
 */

let template: string;
let reference: string;
let unsigned: string;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), "slipway-bad-input-"));
  await mkdir(join(template, "model"));
  await writeFile(join(template, "model", "config.json"), "{}");
  await writeFile(join(template, "model", "weights.safetensors"), Buffer.alloc(100_000, 7));
  await writeModelYaml(template, { name: "group/bad", version: "1.0.0" });
  await writeKeyPair(join(template, "key"));
  await writeKeyPair(join(template, "stranger"));
  const packed = await succeed(["package", "model.yaml", "--store", "oci:store"], template);
  reference = packed["reference"] ?? "";
  await succeed(["sign", reference, "--key", "key.pem"], template);
  unsigned =
    (await succeed(["package", "model.yaml", "--version", "0.9.0", "--store", "oci:store"], template))["reference"] ??
    "";
}, 60_000);

afterAll(() => rm(template, { recursive: true, force: true }));

interface Row {
  readonly what: string;
  readonly prepare?: (work: string) => Promise<unknown> | unknown;
  readonly args: () => readonly string[];
  readonly code: string;
  readonly status: 2 | 3 | 4;
}

const pack =
  (...more: string[]) =>
  () => ["package", "model.yaml", "--store", "oci:store", ...more];
const packNew = (...more: string[]) => pack("--version", "2.0.0", ...more);
const verify =
  (of?: () => string, key = "key.pub") =>
  () => ["verify", of?.() ?? reference, "--key", key];
const pull =
  (of?: () => string, target = "pulled") =>
  () => ["pull", of?.() ?? reference, "--target", target];
const zeros = `sha256:${"0".repeat(64)}`;

const rows: readonly Row[] = [
  { what: "a missing input", args: () => ["sign"], code: "INPUT_MISSING", status: 2 },
  { what: "nothing to sign with", args: () => ["sign", reference], code: "SIGNER_MISSING", status: 2 },
  { what: "an unknown input", args: () => ["sign", reference, "--kye", "key.pem"], code: "INPUT_UNKNOWN", status: 2 },
  {
    what: "a malformed reference",
    args: () => ["verify", "oci:store:bad tag", "--key", "key.pub"],
    code: "INPUT_INVALID",
    status: 2,
  },
  {
    what: "a secret in place of a path",
    args: () => ["sign", reference, "--key", "-----BEGIN PRIVATE KEY-----\nx"],
    code: "SECRET_INLINE",
    status: 2,
  },
  {
    what: "a key file that is missing",
    args: () => ["sign", reference, "--key", "nowhere.pem"],
    code: "SECRET_UNREADABLE",
    status: 2,
  },
  { what: "no model.yaml", args: () => ["package", "nowhere/model.yaml"], code: "MODEL_YAML_UNREADABLE", status: 2 },
  {
    what: "an unknown key in model.yaml",
    prepare: (work) => appendFile(join(work, "model.yaml"), "licenze: MIT\n"),
    args: packNew(),
    code: "MODEL_YAML_UNKNOWN_KEY",
    status: 2,
  },
  { what: "an unknown variant", args: packNew("--variant", "jetson"), code: "VARIANT_UNKNOWN", status: 2 },
  { what: "a version that is not semantic", args: pack("--version", "1.0"), code: "VERSION_INVALID", status: 2 },
  {
    what: "no model directory",
    prepare: (work) => rm(join(work, "model"), { recursive: true }),
    args: packNew(),
    code: "MODEL_NOT_FOUND",
    status: 2,
  },
  {
    what: "an empty model directory",
    prepare: async (work) => {
      await rm(join(work, "model"), { recursive: true });
      await mkdir(join(work, "model"));
    },
    args: packNew(),
    code: "MODEL_EMPTY",
    status: 2,
  },
  {
    what: "a link that leads out",
    prepare: (work) => symlink("/etc/hostname", join(work, "model", "link")),
    args: packNew(),
    code: "MODEL_LINK_ESCAPES",
    status: 2,
  },
  {
    what: "a link that leads nowhere",
    prepare: (work) => symlink("nowhere", join(work, "model", "link")),
    args: packNew(),
    code: "MODEL_LINK_UNUSABLE",
    status: 2,
  },
  {
    what: "a named pipe",
    prepare: (work) => execFileSync("mkfifo", [join(work, "model", "pipe")]),
    args: packNew(),
    code: "MODEL_SPECIAL_FILE",
    status: 2,
  },
  {
    what: "two names that differ in case",
    prepare: (work) => writeFile(join(work, "model", "CONFIG.json"), "{}"),
    args: packNew(),
    code: "MODEL_NAME_CLASH",
    status: 2,
  },
  {
    what: "a name that is not UTF-8",
    prepare: (work) => writeFile(Buffer.concat([Buffer.from(join(work, "model", "x")), Buffer.from([0xff])]), "x"),
    args: packNew(),
    code: "MODEL_NAME_REFUSED",
    status: 2,
  },
  {
    what: "a metadata.json in the model",
    prepare: (work) => writeFile(join(work, "model", "metadata.json"), "{}"),
    args: packNew(),
    code: "METADATA_CLASH",
    status: 2,
  },
  {
    what: "other files under a released version",
    prepare: (work) => appendFile(join(work, "model", "config.json"), " "),
    args: pack(),
    code: "IMMUTABLE_CONFLICT",
    status: 3,
  },
  {
    what: "a store that is a file",
    args: () => ["package", "model.yaml", "--store", "oci:model.yaml"],
    code: "STORE_NOT_LAYOUT",
    status: 2,
  },
  {
    what: "a store that is something else",
    args: () => ["package", "model.yaml", "--store", "oci:model"],
    code: "STORE_NOT_LAYOUT",
    status: 2,
  },
  {
    what: "a store that does not exist",
    args: verify(() => `oci:nowhere@${zeros}`),
    code: "STORE_NOT_FOUND",
    status: 2,
  },
  {
    what: "a store that is half written",
    prepare: (work) => truncate(join(work, "store", "index.json"), 40),
    args: packNew(),
    code: "STORE_CORRUPT",
    status: 3,
  },
  {
    what: "a store without index.json",
    prepare: (work) => rm(join(work, "store", "index.json")),
    args: packNew(),
    code: "STORE_CORRUPT",
    status: 3,
  },
  {
    what: "a tag where a digest is required",
    args: verify(() => "oci:store:1.0.0-default"),
    code: "DIGEST_REQUIRED",
    status: 2,
  },
  {
    what: "a tag to sign",
    args: () => ["sign", "oci:store:1.0.0-default", "--key", "key.pem"],
    code: "DIGEST_REQUIRED",
    status: 2,
  },
  { what: "a tag to pull", args: pull(() => "oci:store:1.0.0-default"), code: "DIGEST_REQUIRED", status: 2 },
  { what: "a subject that does not exist", args: verify(() => `oci:store@${zeros}`), code: "NOT_FOUND", status: 2 },
  {
    what: "a tag that points elsewhere",
    args: verify(() => reference.replace("1.0.0", "0.9.0")),
    code: "TAG_MISMATCH",
    status: 3,
  },
  { what: "an unsigned subject", args: verify(() => unsigned), code: "SIGNATURE_MISSING", status: 3 },
  {
    what: "a subject signed by somebody else",
    args: verify(undefined, "stranger.pub"),
    code: "SIGNATURE_REJECTED",
    status: 3,
  },
  {
    what: "an unsigned subject to pull",
    args: () => ["pull", unsigned, "--target", "pulled", "--key", "key.pub"],
    code: "SIGNATURE_MISSING",
    status: 3,
  },
  {
    what: "a private key where a public one belongs",
    args: verify(undefined, "key.pem"),
    code: "KEY_MALFORMED",
    status: 2,
  },
  {
    what: "a key of another type",
    prepare: (work) =>
      writeFile(
        join(work, "rsa.pem"),
        generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }),
      ),
    args: () => ["sign", reference, "--key", "rsa.pem"],
    code: "KEY_TYPE_UNSUPPORTED",
    status: 2,
  },
  {
    what: "a wrong password",
    prepare: encryptedKey,
    args: () => ["sign", reference, "--key", "locked.pem", "--password", "wrong"],
    code: "KEY_PASSWORD_WRONG",
    status: 2,
  },
  {
    what: "no password",
    prepare: encryptedKey,
    args: () => ["sign", reference, "--key", "locked.pem"],
    code: "KEY_PASSWORD_MISSING",
    status: 2,
  },
  { what: "a target that holds something else", args: pull(undefined, "model"), code: "TARGET_NOT_EMPTY", status: 2 },
  { what: "a target that is a file", args: pull(undefined, "model.yaml"), code: "TARGET_UNUSABLE", status: 2 },
  { what: "a project that was started before", args: () => ["init", "model"], code: "FILE_EXISTS", status: 2 },
];

describe("bad input", () => {
  it.each(rows.map((row) => [row.what, row] as const))("%s", async (_what, { prepare, args, code, status }) => {
    await inCopy(async (work) => {
      await prepare?.(work);
      const before = await treeOf(work);
      const answer = await slipway(args(), work);
      const { ok, error } = answer.json();
      expect({ ok, code: error?.code, status: answer.code }).toEqual({ ok: false, code, status });
      expect(error?.message).toMatch(/^[^\n]{10,}$/);
      expect(error?.remedy).toMatch(/^[^\n]{10,}$/);
      expect(answer.stdout + answer.stderr).not.toMatch(/\n\s+at /);
      expect(await treeOf(work)).toEqual(before);
    });
  });

  it("names each of its codes once", () => {
    // A row whose code another row shares would still be a row; a code that no row has is the gap to see.
    expect(new Set(rows.map((row) => row.code)).size).toBeGreaterThanOrEqual(33);
  });

  it("a file that this user cannot read", async () => {
    await inCopy(async (work) => {
      await chmod(join(work, "model", "config.json"), 0o000);
      // Root reads everything; so the step runs as nobody, who can write the store all the same.
      const isRoot = process.getuid?.() === 0;
      if (isRoot) execFileSync("chown", ["-R", "65534:65534", work]);
      if (isRoot) execFileSync("chown", ["0:0", join(work, "model", "config.json")]);
      const answer = await failure(packNew()(), work, { uid: isRoot ? 65534 : undefined });
      expect(answer).toMatchObject({ status: 2, code: "MODEL_UNREADABLE" });
    });
  });

  it("a store that this user cannot write", async () => {
    await inCopy(async (work) => {
      const isRoot = process.getuid?.() === 0;
      execFileSync("chmod", ["-R", "a+rX,u-w", join(work, "store")]);
      const answer = await failure(packNew()(), work, { uid: isRoot ? 65534 : undefined });
      expect(answer).toMatchObject({ status: 2, code: "STORE_UNREADABLE" });
    });
  });

  it("a full disk: nothing is tagged, nothing is left behind, and room is all it takes", async () => {
    await inCopy(async (work) => {
      await writeFile(join(work, "model", "large.safetensors"), Buffer.alloc(3_000_000, 1));
      const before = await treeOf(join(work, "store"));
      const small = ["prlimit", "--fsize=1000000"];
      // The limit on file sizes fails a write as a full disk does, without a file system of its own.
      const limited = await failure(packNew()(), work, { under: small });
      expect(limited).toMatchObject({ status: 4, code: "STORE_FULL" });
      const after = await treeOf(join(work, "store"));
      expect(after["index.json"]).toBe(before["index.json"]);
      expect(Object.keys(after).filter((path) => path.includes("ingest"))).toEqual([]);
      await succeed(packNew()(), work);

      const fresh = `${(await succeed(packNew()(), work))["reference"]}`;
      const pulled = await failure(["pull", fresh, "--target", "pulled"], work, { under: small });
      expect(pulled).toMatchObject({ status: 4, code: "TARGET_FULL" });
      expect(Object.keys(await treeOf(work)).filter((path) => /pull/.test(path))).toEqual([]);
      await succeed(["pull", fresh, "--target", "pulled"], work);
    });
  });

  it("a file that is written to while it is packaged", async () => {
    await inCopy(async (work) => {
      const growing = join(work, "model", "growing.safetensors");
      // Sparse, so that reading it takes long enough and writing it takes no time.
      await writeFile(growing, "");
      await truncate(growing, 1_500_000_000);
      const before = await treeOf(join(work, "store"));
      const packing = slipway(packNew()(), work);
      const writer = setInterval(() => void appendFile(growing, "more"), 20);
      const answer = await packing;
      clearInterval(writer);
      expect(answer.code, answer.stdout + answer.stderr).toBe(4);
      expect(answer.json().error?.code).toBe("MODEL_CHANGED");
      expect((await treeOf(join(work, "store")))["index.json"]).toBe(before["index.json"]);
    });
  });

  it("never shows the password or the key", async () => {
    await inCopy(async (work) => {
      await encryptedKey(work);
      const answer = await slipway(["sign", reference, "--key", "locked.pem", "--password", "right"], work);
      expect(answer.code).toBe(0);
      const key = (await readFile(join(work, "locked.pem"), "utf8")).split("\n")[1] ?? "";
      for (const secret of ["correct horse", key]) expect(answer.stdout + answer.stderr).not.toContain(secret);
    });
  });
});

async function encryptedKey(work: string): Promise<void> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "correct horse" });
  await writeFile(join(work, "locked.pem"), pem);
  await writeFile(join(work, "wrong"), "battery staple\n");
  await writeFile(join(work, "right"), "correct horse\n");
}

async function inCopy(test: (work: string) => Promise<void>): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "slipway-bad-input-row-"));
  try {
    await chmod(work, 0o755);
    await cp(template, work, { recursive: true });
    await test(work);
  } finally {
    execFileSync("chmod", ["-R", "u+rwX", work]);
    await rm(work, { recursive: true, force: true });
  }
}

/** The family's status and the code of a step that must fail. */
async function failure(args: readonly string[], cwd: string, circumstances: Circumstances) {
  const answer = await slipway(args, cwd, circumstances);
  return { status: answer.code, code: answer.json().error?.code };
}
