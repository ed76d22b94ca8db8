/** What JSON can say, and so what an error's detail may hold: it must cross from a worker to the page. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type ErrorDetail = { readonly [key: string]: JsonValue };

/** An error as a plain record, as it crosses from a worker. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly detail: ErrorDetail;
  readonly cause?: ErrorRecord;
}

export interface CodedErrorOptions {
  readonly detail?: ErrorDetail;
  readonly cause?: unknown;
}

/**
 * The one error class of the core. `code` is stable and what callers decide by; `message` is one sentence for a person,
 * saying what is wrong and where; `detail` holds the facts of that sentence (file, entry, offset, expected, found).
 * Each folder narrows `Code` to its own union in its `errors.ts`.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly detail: ErrorDetail;

  constructor(code: Code, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.detail = options.detail ?? {};
  }
}

/** True for an error of the core, whatever its code. */
export function isCoded(error: unknown): error is CodedError {
  return error instanceof CodedError;
}

/** True for the rejection of an aborted task, which is never shown as an error. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The plain record of any thrown value; what is not ours keeps its message under the code `unexpected`. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (isAbort(error)) return { code: 'aborted', message: 'The task was cancelled.', detail: {} };
  if (!(error instanceof Error)) return { code: 'unexpected', message: String(error), detail: {} };
  const cause: unknown = error.cause;
  const record = {
    code: isCoded(error) ? error.code : 'unexpected',
    message: error.message,
    detail: isCoded(error) ? error.detail : { name: error.name },
  };
  return cause === undefined ? record : { ...record, cause: toErrorRecord(cause) };
}

/** The error that a record stands for. */
export function fromErrorRecord({ code, message, detail, cause }: ErrorRecord): Error {
  if (code === 'aborted') return new DOMException(message, 'AbortError');
  return new CodedError(
    code,
    message,
    cause ? { detail, cause: fromErrorRecord(cause) } : { detail },
  );
}
