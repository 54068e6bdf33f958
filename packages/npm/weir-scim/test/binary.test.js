import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BinaryNotFound, find } from "weir-scim";

const command = fileURLToPath(new URL("../bin/weir.js", import.meta.resolve("weir-scim")));

/** @param {string[]} words */
async function run(words) {
  const child = spawn(process.execPath, [command, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.resume();
  const [status] = await once(child, "close");
  return { status, output };
}

test("the argument is before the variable", async () => {
  const folder = await mkdtemp(join(tmpdir(), "weir-"));
  const before = process.env["WEIR_BINARY"];
  try {
    const [given, named] = [join(folder, "given"), join(folder, "named")];
    for (const path of [given, named]) {
      await writeFile(path, "#!/bin/sh\n");
      await chmod(path, 0o755);
    }
    process.env["WEIR_BINARY"] = named;
    assert.equal(find(given), given);
    assert.equal(find(), named);
    process.env["WEIR_BINARY"] = join(folder, "nothing");
    assert.throws(() => find(), BinaryNotFound);
  } finally {
    if (before === undefined) {
      delete process.env["WEIR_BINARY"];
    } else {
      process.env["WEIR_BINARY"] = before;
    }
    await rm(folder, { recursive: true });
  }
});

test("the command passes on arguments, output and exit status", async () => {
  const version = await run(["--version"]);
  assert.equal(version.status, 0);
  assert.match(version.output, /^weir \d/);
  assert.equal((await run(["chekc"])).status, 2);
});

test("the command passes on signals", async () => {
  const child = spawn(process.execPath, [command, "serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  let greeting = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    greeting += text;
    if (greeting.endsWith("ready\n")) {
      child.kill("SIGTERM");
    }
  });
  const [status] = await once(child, "close");
  assert.equal(status, 0);
  assert.ok(greeting.endsWith("stopped\n"));
});
