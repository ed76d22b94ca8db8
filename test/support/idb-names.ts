import { deleteDB } from 'idb';
import { afterEach } from 'vitest';

let count = 0;

/** Gives each caller a database name of its own, and deletes the databases after each test. */
export function databaseNames(): () => string {
  const names: string[] = [];
  afterEach(async () => {
    for (const name of names.splice(0)) await deleteDB(name);
  });
  return () => {
    const name = `test-${++count}`;
    names.push(name);
    return name;
  };
}
