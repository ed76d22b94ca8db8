import { createContext } from 'svelte';
import type { App } from './app.svelte';

/** The app that a component belongs to. The shell sets it, once. */
export const [getApp, setApp] = createContext<App>();
