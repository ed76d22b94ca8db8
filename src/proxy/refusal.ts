/** Why the proxy does not do what was asked: a status and one sentence, sent as text. */
export class Refusal extends Error {
  readonly status: 400 | 403 | 405 | 413 | 502 | 503 | 504;

  constructor(status: Refusal['status'], message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** The refusal that an error is, or carries as its cause. */
export function refusalIn(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  return error instanceof Error ? refusalIn(error.cause) : undefined;
}
