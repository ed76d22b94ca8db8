import { CodedError } from '../base/errors';

export type SampleErrorCode = 'sample-unreachable';

/** The sample image cannot be had. */
export class SampleError extends CodedError<SampleErrorCode> {}

const NAME = 'sample-image.tar';

interface SampleNetwork {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly isOnline: () => boolean;
}

/** The sample image, from beside the page. Rejects with `sample-unreachable`. */
export async function fetchSample({ fetch, isOnline }: SampleNetwork): Promise<File> {
  const failed = (reason: string, cause?: unknown): SampleError =>
    new SampleError('sample-unreachable', `${NAME} could not be fetched: ${reason}.`, {
      detail: { entry: NAME },
      cause,
    });
  try {
    const response = await fetch(`./${NAME}`, {});
    if (!response.ok) throw failed(`the server answers with HTTP status ${response.status}`);
    return new File([await response.blob()], NAME);
  } catch (cause) {
    if (cause instanceof SampleError) throw cause;
    throw failed(isOnline() ? 'its server does not answer' : 'the browser is offline', cause);
  }
}
