import { dockerSize } from '../../../base/human-size';
import type { Call, Command, CommandContext } from '../../command';
import { clientVersion, DOCKER_VERSION } from './client-version';
import { DOCUMENT_FORMAT, writeDocument } from '../document-format';
import { ENGINE_VERSION } from './engine-version';
import { infoDocument, machineOf, type SystemFacts } from './info-document';
import { INSECURE_NETWORK } from './registry-config';
import { allImages } from '../images/stored-images';

/** `docker info`: what is here of what an engine would tell. */
export const info: Command = {
  paths: ['docker system info', 'docker info'],
  operands: '[OPTIONS]',
  summary: 'Display system-wide information',
  aliases: ['docker system info', 'docker info'],
  rule: { kind: 'none' },
  flags: [DOCUMENT_FORMAT],
  run,
};

async function run({ flags }: Call, context: CommandContext): Promise<number> {
  const format = flags.string('format');
  const { usage, quota } = await context.store.usage();
  const facts: SystemFacts = {
    client: clientVersion(context),
    images: (await allImages(context)).length,
    storage: [
      ['Stored', dockerSize(usage, 4)],
      ...(quota === null ? [] : ([['Quota', dockerSize(quota, 4)]] as const)),
    ],
  };
  if (format === '') context.out.write(toText(facts));
  else writeDocument(context.out, infoDocument(facts), { format });
  return 0;
}

function toText({ client, images, storage }: SystemFacts): string {
  const { product, os } = client;
  return `Client: ${product}
 Version:    ${DOCKER_VERSION}
 Context:    default
 Debug Mode: false

Server:
 Containers: 0
  Running: 0
  Paused: 0
  Stopped: 0
 Images: ${images}
 Server Version: ${ENGINE_VERSION}
 Storage Driver: drydock
${storage.map(([name, value]) => `  ${name}: ${value}\n`).join('')} OSType: ${os}
 Architecture: ${machineOf(client)}
 Debug Mode: false
 Insecure Registries:
  ${INSECURE_NETWORK}
`;
}
