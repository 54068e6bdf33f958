import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { environment } from "./binary.js";
import { StartFailed } from "./errors.js";

/** Milliseconds until a process that was asked to stop is killed. */
const END = 10_000;

/** A `weir serve` that is ready, with its greeting. */
export interface Process {
  readonly greeting: unknown;
  isRunning(): boolean;
  stop(): Promise<void>;
}

/**
 * Starts `weir serve`. Its standard input is open as long as it is wanted: with `--until-eof` its end stops the endpoint,
 * also when this process is killed.
 */
export async function serve(binary: string, flags: readonly string[], timeout: number): Promise<Process> {
  const command = ["serve", "--listen", "127.0.0.1:0", "--format", "json", "--until-eof", ...flags];
  // In a session of its own, so that Ctrl-C in a debugger does not end it.
  const child = spawn(binary, command, { stdio: ["pipe", "pipe", "pipe"], env: environment(), detached: true });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-16_384)));
  child.stdin.on("error", () => {
    // The endpoint has ended already.
  });
  const line = await firstLine(child, child.stdout, timeout);
  if (typeof line === "string") {
    // The endpoint does not keep this process running: its end is the endpoint's.
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      (stream as unknown as Socket).unref();
    }
    return {
      greeting: JSON.parse(line),
      isRunning: () => child.exitCode === null && child.signalCode === null,
      stop: () => stop(child),
    };
  }
  await stop(child);
  throw new StartFailed(`weir serve ${line.reason}: ${said.trim() || "it said nothing"}\n  ${binary} ${command.join(" ")}`);
}

/** The first line on standard output, or the reason why there is none. */
function firstLine(child: ChildProcess, stdout: Readable, timeout: number): Promise<string | { reason: string }> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ reason: `was not ready in ${timeout} ms` }), timeout);
    const settle = (result: string | { reason: string }): void => {
      clearTimeout(timer);
      resolve(result);
    };
    createInterface({ input: stdout }).once("line", settle);
    child.once("error", (problem) => settle({ reason: `cannot be started: ${problem.message}` }));
    child.once("close", (status) => settle({ reason: `ended with status ${status}` }));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  child.ref();
  const ended = once(child, "exit");
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), END);
  await ended;
  clearTimeout(timer);
}
