import { createContext } from 'svelte';
import type { ConsoleSession } from './console-session.svelte';

/** The session that a part of the console shows. The console's page sets it, once. */
export const [getConsole, setConsole] = createContext<ConsoleSession>();
