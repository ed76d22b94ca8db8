import { inject } from 'vitest';
import { dockerShell } from './docker-shell';

/** Another client or engine has other texts: then what was recorded from this pair is what counts, which the unit tests replay. */
const PAIR = /^28\.2\.\S* 20\.10\.\S*$/;

/** The versions of client and engine where they are those whose texts are Drydock's; undefined elsewhere, and the reason is told. */
export async function livePair(): Promise<string | undefined> {
  if (inject('samples').length === 0) return undefined;
  const shell = await dockerShell([]);
  try {
    const line = "docker version --format '{{.Client.Version}} {{.Server.Version}}'";
    const pair = (await shell.run(line, new Date())).stdout.trim();
    if (PAIR.test(pair)) return pair;
    console.log(`interop: lines are not run live: docker here is ${pair}, not 28.2 with 20.10`);
    return undefined;
  } finally {
    await shell.close();
  }
}
