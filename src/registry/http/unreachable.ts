import type { ErrorDetail } from '../../base/errors';
import { RegistryError } from '../errors';
import { insecureProxy } from './mixed-content';
import type { Route } from './transport';

/** Why one route led nowhere. */
export type RouteFailure =
  | { readonly route: Route; readonly kind: 'network' }
  | { readonly route: Route; readonly kind: 'silent'; readonly error: RegistryError }
  | { readonly route: Route; readonly kind: 'mixed-content' }
  /** The page's own server has no proxy there, but something else: a page of its own, a 404. */
  | { readonly route: 'proxy'; readonly kind: 'no-proxy'; readonly status: number }
  | {
      readonly route: 'proxy';
      readonly kind: 'refused';
      readonly status: number;
      readonly text: string;
    };

interface Unreachable extends ErrorDetail {
  readonly host: string;
  readonly proxy: string | null;
}

/** What to say where no route led anywhere: the reason that the user can do most about. */
export function unreachable(failures: readonly RouteFailure[], detail: Unreachable): RegistryError {
  const { host } = detail;
  const refused = failures.find((failure) => failure.kind === 'refused');
  if (refused) {
    const { status, text } = refused;
    const isAway = status === 502 || status === 504;
    return new RegistryError(isAway ? 'registry-unreachable' : 'proxy-refused', text, {
      detail: { ...detail, status },
    });
  }
  const silent = failures.find((failure) => failure.kind === 'silent');
  if (silent) return silent.error;
  const none = failures.find((failure) => failure.kind === 'no-proxy');
  if (none) {
    return new RegistryError(
      'not-a-proxy',
      `There is no proxy under "${detail.proxy ?? ''}": this page's own server answers there with HTTP status ${none.status}, so ${host} cannot be reached. Correct the proxy in Settings.`,
      { detail: { ...detail, status: none.status } },
    );
  }
  const mixed = failures.filter(({ kind }) => kind === 'mixed-content');
  if (mixed.some(({ route }) => route === 'proxy')) {
    return insecureProxy(detail.proxy ?? '', detail);
  }
  if (failures.some(({ route }) => route === 'proxy')) {
    return new RegistryError(
      'proxy-missing',
      `${host} does not let web pages in, and the proxy does not answer.`,
      { detail },
    );
  }
  if (mixed.length > 0) {
    return new RegistryError(
      'mixed-content',
      `A page that came over https may not ask ${host} over plain http; a proxy can.`,
      { detail },
    );
  }
  return new RegistryError(
    'registry-unreachable',
    `${host} does not answer, or does not let web pages in; a proxy would reach it.`,
    { detail },
  );
}
