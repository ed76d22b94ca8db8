import { isCoded } from '../base/errors';
import { OciError } from '../oci/errors';
import { parseReference, type Reference } from '../oci/reference';

const NAME_LIMIT = 255;

/** A name as engine 20.10 reads it, which knows less of registries than docker's client. Throws `bad-reference`. */
export function parseEngineReference(text: string): Reference {
  const reference = parseReference(text);
  checkEngineName(reference);
  return reference;
}

/**
 * Whether the engine takes a name that the client takes: to it, a first component in upper case is no registry, nor is an IPv6 address,
 * and the registry counts towards a name's length. Throws `bad-reference` in the engine's words.
 * https://github.com/docker/distribution/blob/v2.7.1/reference/normalize.go
 */
export function checkEngineName({
  registry,
  repository,
}: Pick<Reference, 'registry' | 'repository'>): void {
  const name = `${registry}/${repository}`;
  if (!/[.:]/.test(registry) && registry !== registry.toLowerCase()) {
    throw engineRefusal(name, 'invalid reference format: repository name must be lowercase');
  }
  if (registry.startsWith('[')) throw engineRefusal(name, 'invalid reference format');
  if (name.length > NAME_LIMIT) {
    throw engineRefusal(name, `repository name must not be more than ${NAME_LIMIT} characters`);
  }
}

/** What is wrong with a name, as engine 20.10 says it: without the name that newer clients repeat. */
export function engineReferenceMessage(error: unknown): string | undefined {
  if (!isCoded(error) || error.code !== 'bad-reference') return undefined;
  return error.message.replace(
    /repository name \(.*\) must be lowercase$/s,
    'repository name must be lowercase',
  );
}

function engineRefusal(reference: string, message: string): OciError {
  return new OciError('bad-reference', message, { detail: { reference: reference.slice(0, 300) } });
}
