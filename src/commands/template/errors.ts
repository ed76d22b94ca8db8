import { CodedError } from '../../base/errors';

export type TemplateErrorCode =
  /** The text is no template. */
  | 'parse'
  /** The template asks of the value what it has not got. */
  | 'execute'
  /** The template would not end, or not in bounds. */
  | 'limit';

/** What is wrong with a template, in the words of Go's text/template. */
export class TemplateError extends CodedError<TemplateErrorCode> {
  /** What the template had written before. */
  written = '';
}

/** What a function has against its arguments. */
export class FunctionProblem extends TemplateError {
  constructor(message: string) {
    super('execute', message);
  }
}
