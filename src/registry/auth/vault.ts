import { decodeUtf8, encodeUtf8 } from '../../base/bytes';
import { RegistryError } from '../errors';

/** A text encrypted under a passphrase, as it is stored. */
export interface SealedSecret extends KeyParameters {
  /** A fresh one for every encryption: AES-GCM must not see one twice. */
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

interface KeyParameters {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
}

/** A key that cannot be read out, and what it was derived with. */
export interface VaultKey extends KeyParameters {
  readonly key: CryptoKey;
}

/** What OWASP asks of PBKDF2 with SHA-256. */
const ITERATIONS = 600_000;
/** A stored number beyond this would hold the page up for minutes. */
const MAX_ITERATIONS = 10_000_000;
const SALT_BYTES = 16;
const IV_BYTES = 12;
/** What else has been encrypted under the same passphrase does not decrypt here. */
const PURPOSE = encodeUtf8('drydock registry credentials 1');

/** The key that a passphrase makes: anew, or as a stored secret was sealed. Rejects with `encryption-unavailable`. */
export async function vaultKey(passphrase: string, sealed?: KeyParameters): Promise<VaultKey> {
  const { subtle } = crypto;
  // Pages that came over plain http have none, whatever the types say.
  if (!isAvailable(subtle)) {
    throw new RegistryError(
      'encryption-unavailable',
      'Logins cannot be kept here: the browser encrypts only on pages that came over https or from this machine.',
    );
  }
  const salt = sealed?.salt ?? crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iterations = Math.min(sealed?.iterations ?? ITERATIONS, MAX_ITERATIONS);
  const base = await subtle.importKey('raw', encodeUtf8(passphrase), 'PBKDF2', false, [
    'deriveKey',
  ]);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  const algorithm = { name: 'AES-GCM', length: 256 };
  const key = await subtle.deriveKey(derivation, base, algorithm, false, ['encrypt', 'decrypt']);
  return { key, salt, iterations };
}

export async function sealSecret(
  { key, salt, iterations }: VaultKey,
  text: string,
): Promise<SealedSecret> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: 'AES-GCM', iv, additionalData: PURPOSE };
  const data = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, encodeUtf8(text)));
  return { salt, iterations, iv, data };
}

/** Rejects with `wrong-passphrase`, also for what was changed after it was sealed. */
export async function openSecret({ key }: VaultKey, { iv, data }: SealedSecret): Promise<string> {
  const algorithm = { name: 'AES-GCM', iv, additionalData: PURPOSE };
  try {
    const bytes = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, data));
    return decodeUtf8(bytes) ?? '';
  } catch (cause) {
    throw new RegistryError('wrong-passphrase', 'The passphrase does not open the kept logins.', {
      cause,
    });
  }
}

function isAvailable(subtle: SubtleCrypto | undefined): subtle is SubtleCrypto {
  return subtle !== undefined;
}
