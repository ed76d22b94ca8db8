import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { serverFolder } from './program-server';

/** PEM. */
export interface Key {
  readonly key: string;
  readonly certificate: string;
}

/** A key and a certificate of it that it signed itself, by openssl: Node cannot make the latter. */
export function newKey(commonName: string): Key {
  const folder = serverFolder('key');
  try {
    const [keyFile, certificateFile] = [join(folder, 'key'), join(folder, 'certificate')];
    const newCertificate = ['req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-days', '2'];
    const files = ['-keyout', keyFile, '-out', certificateFile];
    execFileSync('openssl', [...newCertificate, '-subj', `/CN=${commonName}`, ...files], {
      stdio: 'ignore',
    });
    return {
      key: readFileSync(keyFile, 'utf8'),
      certificate: readFileSync(certificateFile, 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
