import { edgeHandler } from '../../src/proxy/edge-handler';

/** The edge entry with limits that a test can meet. */
export default edgeHandler({ requests: 2, bodyBytes: 4000, idleMs: 300, uploadIdleMs: 900 });
