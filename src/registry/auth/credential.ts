import { encodeUtf8 } from '../../base/bytes';

/** What a user proves to a registry who he is by. Never shown, logged, exported or put into a URL. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** What `docker login` gets from registries that keep no passwords (ACR). */
  | { readonly kind: 'identity-token'; readonly token: string };

/** Where credentials are found. */
export interface CredentialReader {
  /** `registry` as a reference has it: `docker.io`, `localhost:5000`. */
  get(registry: string): Credential | undefined;
}

/** Where credentials are kept, for a session or longer. */
export interface CredentialStore extends CredentialReader {
  set(registry: string, credential: Credential): Promise<void>;
  delete(registry: string): Promise<void>;
  /** Calls back when a registry's login has changed. */
  onChange(listener: (registry: string) => void): void;
}

/** The user name that stands for "what follows is an identity token". */
export const IDENTITY_TOKEN_USER = '<token>';

/** The value of an `Authorization` header. https://www.rfc-editor.org/rfc/rfc7617 */
export function basicAuthorization(credential: Credential): string {
  const text =
    credential.kind === 'password'
      ? `${credential.username}:${credential.password}`
      : `${IDENTITY_TOKEN_USER}:${credential.token}`;
  return `Basic ${btoa(String.fromCharCode(...encodeUtf8(text)))}`;
}
