import type { Call, Command, CommandContext } from '../../command';
import { goStruct, type GoStruct } from '../../template/go-value';
import { clientFields, clientText, clientVersion, type ClientVersion } from './client-version';
import { DOCUMENT_FORMAT, writeDocument } from '../document-format';
import { engineStruct, engineText } from './engine-version';

/** `docker version`: Drydock in the place of client and engine. */
export const version: Command = {
  paths: ['docker version'],
  operands: '[OPTIONS]',
  summary: 'Show the Docker version information',
  aliases: [],
  rule: { kind: 'none' },
  flags: [DOCUMENT_FORMAT],
  run,
};

function run({ flags }: Call, context: CommandContext): Promise<number> {
  const client = clientVersion(context);
  const format = flags.string('format');
  if (format === '') context.out.write(`${clientText(client)}\n${engineText(client)}`);
  // The client calls its template so, and says it of what is wrong with one.
  else writeDocument(context.out, versions(client), { format, name: 'version' });
  return Promise.resolve(0);
}

function versions(client: ClientVersion): GoStruct {
  return goStruct('system.versionInfo', [
    ['Client', goStruct('system.clientVersion', clientFields(client))],
    ['Server', { kind: 'pointer', to: engineStruct(client), type: '*types.Version' }],
  ]);
}
