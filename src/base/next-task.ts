/**
 * Resolves after what this thread's event loop has waiting: messages, transactions, input, a frame. Promises alone never let those in, and
 * timers are held back to 4 ms once a few of them have followed each other.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
