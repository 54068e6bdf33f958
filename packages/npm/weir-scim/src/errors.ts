/** The base of this package's errors. */
export class WeirError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** There is no `weir` to run. */
export class BinaryNotFound extends WeirError {}

/** `weir serve` ended, or said nothing, before it was ready. */
export class StartFailed extends WeirError {}

/** `weir check` could not be done: wrong usage, or an endpoint that cannot be reached. Findings are not an error. */
export class CheckFailed extends WeirError {
  constructor(
    message: string,
    /** The exit status of `weir check`: 2, 3, or 130 if it was ended. */
    readonly status: number | null,
  ) {
    super(message);
  }
}

/** The control API refused a request. */
export class ControlRefused extends WeirError {
  constructor(
    message: string,
    /** The HTTP status. */
    readonly status: number,
  ) {
    super(message);
  }
}
