export declare const BROWSER_ARGS: string[];
export declare function findBrowser(): { path: string; source: string } | undefined;
export declare function provideBrowser(say?: (line: string) => void): string;
