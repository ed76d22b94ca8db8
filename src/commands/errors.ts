import { CodedError, type CodedErrorOptions } from '../base/errors';

export type CommandErrorCode =
  /** The line uses more of a shell than words, quotes and redirections. */
  | 'syntax'
  /** No such command. */
  | 'unknown-command'
  /** Unknown flags, missing or superfluous arguments, a bad template. */
  | 'usage'
  /** What docker's engine would refuse. */
  | 'refused';

export interface CommandErrorOptions extends CodedErrorOptions {
  /** 1 where it is not said. */
  readonly exitCode?: number;
}

/** Ends a command. The message is printed to stderr as it is, with a line feed after it where it is not empty. */
export class CommandError extends CodedError<CommandErrorCode> {
  readonly exitCode: number;

  constructor(code: CommandErrorCode, message: string, options: CommandErrorOptions = {}) {
    super(code, message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}

/** What docker's client prints of an engine's refusal. */
export function engineError(message: string, options: CodedErrorOptions = {}): CommandError {
  return new CommandError('refused', `Error response from daemon: ${message}`, options);
}
