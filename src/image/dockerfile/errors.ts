import { CodedError } from '../../base/errors';

/** What is wrong with an instruction, in the words of docker's engine. */
export class DockerfileError extends CodedError<'bad-instruction'> {}

export function badInstruction(message: string): DockerfileError {
  return new DockerfileError('bad-instruction', message);
}
