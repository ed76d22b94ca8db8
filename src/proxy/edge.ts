import { edgeHandler } from './edge-handler';

/**
 * The entry for an edge runtime (workerd). That no private address is reached is the runtime's network policy (`allow = ["public"]`):
 * there is no way to look at an address here.
 */
export default edgeHandler();
