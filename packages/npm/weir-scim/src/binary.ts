import { accessSync, constants, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join, resolve } from "node:path";
import { BinaryNotFound } from "./errors.js";

/** Variables that hold credentials for an endpoint of the user's own, not for one that a test starts. */
const SECRETS = new Set([
  "WEIR_BASIC",
  "WEIR_BEARER",
  "WEIR_CONTROL_TOKEN",
  "WEIR_LIKE_BEARER",
  "WEIR_OAUTH_CLIENT",
  "WEIR_READER_BASIC",
  "WEIR_READER_BEARER",
  "WEIR_SECOND_BASIC",
  "WEIR_SECOND_BEARER",
]);

/** The binary: `binary` itself, else that of `WEIR_BINARY`, of the package of this platform, or of the path. */
export function find(binary?: string): string {
  const named: [string | undefined, string][] = [
    [binary, "the binary that was given"],
    [process.env["WEIR_BINARY"], "WEIR_BINARY"],
  ];
  for (const [path, source] of named) {
    if (path) {
      if (!isProgram(path)) {
        throw new BinaryNotFound(`${source} is ${path}, which is not a program that can be run`);
      }
      return resolve(path);
    }
  }
  const installed = ofThisPlatform() ?? onThePath();
  if (installed === undefined) {
    throw new BinaryNotFound(
      `there is no weir to run: install ${platformPackage()}, put weir on the path, or name it in WEIR_BINARY`,
    );
  }
  return installed;
}

/** This process's environment without credentials, and with `given`. */
export function environment(given: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !SECRETS.has(name));
  return { ...Object.fromEntries(inherited), ...given };
}

function platformPackage(): string {
  return `weir-scim-${process.platform}-${process.arch}`;
}

function ofThisPlatform(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`${platformPackage()}/bin/weir`);
  } catch {
    // It is an optional dependency.
    return undefined;
  }
}

function onThePath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  // npm puts this package's own command there, which would run itself.
  const others = folders.filter((folder) => !folder.endsWith(join("node_modules", ".bin")));
  return others.map((folder) => join(folder, "weir")).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
