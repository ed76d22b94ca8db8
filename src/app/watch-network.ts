/** Calls a listener each time that the browser has a network again, or has lost it, until the function that it returns is called. */
export type WatchNetwork = (listener: (isOnline: boolean) => void) => () => void;
