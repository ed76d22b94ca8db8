import { CodedError } from '../base/errors';

export type WorkerErrorCode =
  /** The worker that ran a job is gone: an uncaught error, or no memory left. */
  'worker-crashed';

export class WorkerError extends CodedError<WorkerErrorCode> {}
