/**
 * Weir for JavaScript and TypeScript: a SCIM 2.0 endpoint for tests of clients, and the checks of an endpoint.
 *
 * `start` runs `weir serve` on a free port and gives an `Endpoint`; `check` runs `weir check` and gives a `Report`.
 */
export { find } from "./binary.js";
export { check, Report } from "./check.js";
export type { CheckOptions, Finding, Level, Problem, ReportRecord, Verdict } from "./check.js";
export { Control } from "./control.js";
export { Endpoint, start } from "./endpoint.js";
export type { Application, Resource, StartOptions } from "./endpoint.js";
export { BinaryNotFound, CheckFailed, ControlRefused, StartFailed, WeirError } from "./errors.js";
export type { Exchange } from "./journal.js";
