import type { AbortOptions } from '../../base/task';
import type { JobMap } from '../../workers/protocol';

/** The jobs that exploring an image needs: `WorkerPool.run` of workers/. */
export interface ImageJobs {
  run<Name extends 'indexLayer' | 'readContent' | 'hashBlob'>(
    job: Name,
    request: JobMap[Name]['request'],
    options?: AbortOptions & {
      readonly onEvent?: ((event: JobMap[Name]['event']) => void) | undefined;
      readonly urgent?: boolean | undefined;
    },
  ): Promise<JobMap[Name]['result']>;
}
