import { badInstruction } from './errors';

const MAX_PORT = 65_535;

/**
 * The ports of a container that `EXPOSE` means: `80`, `80/udp`, `8000-8010/tcp`, with what `docker run -p` takes before them. As
 * `80/tcp`. Throws `bad-instruction`. https://github.com/docker/go-connections/blob/v0.4.0/nat/nat.go
 */
export function parsePortSpec(spec: string): readonly string[] {
  const slash = spec.indexOf('/');
  const proto = (slash < 0 ? '' : spec.slice(slash + 1)).toLowerCase() || 'tcp';
  const { ip, host, container } = splitParts(slash < 0 ? spec : spec.slice(0, slash));
  if (ip !== '' && !isAddress(ip)) throw badInstruction(`Invalid ip address: ${ip}`);
  if (container === '') throw badInstruction(`No port specified: ${spec}<empty>`);
  const ports = parseRange(container);
  if (!ports) throw badInstruction(`Invalid containerPort: ${container}`);
  const hostPorts = host === '' ? ports : parseRange(host);
  if (!hostPorts) throw badInstruction(`Invalid hostPort: ${host}`);
  const count = ports.end - ports.start;
  // One port of the container may have a range of the host to choose from.
  if (hostPorts.end - hostPorts.start !== count && count > 0) {
    throw badInstruction(
      `Invalid ranges specified for container and host Ports: ${container} and ${host}`,
    );
  }
  if (!['tcp', 'udp', 'sctp'].includes(proto)) throw badInstruction(`Invalid proto: ${proto}`);
  return Array.from({ length: count + 1 }, (_, i) => `${ports.start + i}/${proto}`);
}

function splitParts(text: string): {
  readonly ip: string;
  readonly host: string;
  readonly container: string;
} {
  const parts = text.split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  return { ip: parts.join(':').replace(/^\[(.*)\]$/, '$1'), host, container };
}

function parseRange(text: string): { readonly start: number; readonly end: number } | undefined {
  const [first = '', last = first, ...more] = text.split('-');
  const numbers = [first, last].map((each) => (/^\d+$/.test(each) ? Number(each) : Infinity));
  const [start = Infinity, end = Infinity] = numbers;
  return more.length === 0 && start <= end && end <= MAX_PORT ? { start, end } : undefined;
}

function isAddress(text: string): boolean {
  const isV4 =
    /^\d+(?:\.\d+){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256);
  return isV4 || /^[0-9a-f]*:[0-9a-f:]*$/i.test(text);
}
