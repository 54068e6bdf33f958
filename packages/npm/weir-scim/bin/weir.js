#!/usr/bin/env node
// Runs the binary with this process's arguments, streams and signals, and ends as it ends.
import { spawn } from "node:child_process";
import { find } from "../dist/binary.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
try {
  const child = spawn(find(), process.argv.slice(2), { stdio: "inherit" });
  // A terminal sends its signals to both; what another process sends to this one alone is passed on.
  for (const signal of signals) {
    process.on(signal, () => signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal));
  }
  child.once("error", (problem) => {
    console.error(`weir: ${problem.message}`);
    process.exitCode = 2;
  });
  child.once("exit", (status, signal) => {
    if (signal) {
      signals.forEach((name) => process.removeAllListeners(name));
      process.kill(process.pid, signal);
    } else {
      process.exitCode = status ?? 2;
    }
  });
} catch (problem) {
  console.error(`weir: ${problem instanceof Error ? problem.message : problem}`);
  process.exitCode = 2;
}
