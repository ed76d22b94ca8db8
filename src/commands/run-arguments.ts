/** What is wrong with what a script handed to `run`, whose types nobody checks there; undefined where nothing is. */
export function argumentProblem(line: unknown, options: unknown): string | undefined {
  if (typeof line !== 'string') return `a command line is a string, not ${kindOf(line)}`;
  if (options === undefined) return undefined;
  if (!isObject(options)) return `the options are an object, not ${kindOf(options)}`;
  const { files, now, signal, onProgress } = options;
  if (files !== undefined && !isObject(files)) return `files is an object, not ${kindOf(files)}`;
  for (const [name, file] of Object.entries(files ?? {})) {
    if (file === undefined || file instanceof Blob) continue;
    return `files[${JSON.stringify(name)}] is a Blob, not ${kindOf(file)}`;
  }
  if (now !== undefined && !(now instanceof Date && Number.isFinite(now.getTime()))) {
    return `now is a Date, not ${kindOf(now)}`;
  }
  if (signal !== undefined && !(isObject(signal) && 'aborted' in signal)) {
    return `signal is an AbortSignal, not ${kindOf(signal)}`;
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    return `onProgress is a function, not ${kindOf(onProgress)}`;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Partial<Record<string, unknown>>> {
  return typeof value === 'object' && value !== null;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Date) return 'an invalid Date';
  const kind =
    typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
  return `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}
