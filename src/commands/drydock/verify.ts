import { dockerSize } from '../../base/human-size';
import { verifyStore } from '../../image/verify-store';
import type { Call, Command, CommandContext } from '../command';
import { alignTabs } from '../shell/table';
import { chooseImage, FORMAT_FLAG, wantsJson } from './chosen-image';

/** `drydock verify`: whether every stored byte is what its digest says. */
export const verify: Command = {
  paths: ['drydock verify'],
  operands: '[OPTIONS] [IMAGE...]',
  summary: 'Hash every stored blob again, and check every reference',
  aliases: [],
  rule: { kind: 'at least', count: 0 },
  flags: [FORMAT_FLAG],
  run,
};

async function run(call: Call, context: CommandContext): Promise<number> {
  const isJson = wantsJson(call);
  const images = await Promise.all(call.operands.map((name) => chooseImage(name, context)));
  const roots = images.length > 0 ? images.flatMap((image) => image.roots) : undefined;
  const { blobs, bytes, problems } = await verifyStore(context, roots, context);
  if (isJson) {
    const told = problems.map(({ digest, detail }) => ({ digest, reason: detail }));
    context.out.write(`${JSON.stringify({ blobs, bytes, problems: told })}\n`);
  } else {
    const lines = problems.map(({ digest, reason, detail }) => `${digest}\t${reason}\t${detail}\n`);
    context.out.write(alignTabs(lines.join(''), { minWidth: 0, padding: 2 }));
    const count = problems.length === 0 ? 'no problems' : `${problems.length} with problems`;
    context.out.write(`${blobs} blobs, ${dockerSize(bytes)}: ${count}\n`);
  }
  return problems.length > 0 ? 1 : 0;
}
