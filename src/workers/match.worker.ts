/// <reference lib="WebWorker" />
import type { MatchReply, MatchRequest } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

/**
 * Runs a user's regular expression over paths, away from the page: one that backtracks for ever is ended with this worker, by whoever
 * waits for its answer.
 */
self.onmessage = ({ data }: MessageEvent<MatchRequest>) => {
  const regex = new RegExp(data.source, data.flags);
  const matches = new Uint8Array(data.paths.length);
  data.paths.forEach((path, i) => {
    if (regex.test(path)) matches[i] = 1;
  });
  const reply: MatchReply = { id: data.id, matches };
  self.postMessage(reply, [matches.buffer]);
};
