const HUB = 'docker.io';
const HUB_API = 'https://registry-1.docker.io';

/**
 * Where the API of a registry may be, the first that answers counts: https, and for a registry on this machine plain http as well, as
 * docker's engine does it. `plainHttp`: the user said so of this one, as `insecure-registries` does.
 */
export function apiOrigins(registry: string, plainHttp = false): readonly string[] {
  if (registry === HUB) return [HUB_API];
  const secure = new URL(`https://${registry}`).origin;
  const plain = new URL(`http://${registry}`).origin;
  return plainHttp || isLoopback(registry) ? [secure, plain] : [secure];
}

/** `host` or `host:port` of this machine itself. */
export function isLoopback(host: string): boolean {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  );
}
