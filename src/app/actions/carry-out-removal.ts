import { isCoded, toErrorRecord } from '../../base/errors';
import { beginRemoval } from '../../image/removal/removal';
import type { RemovalPlan } from '../../image/removal/removal-plan';
import type { App } from '../app.svelte';
import { askedImage } from '../image/app-image-context';
import { askedPlatform } from '../image/asked-platform';

/** How long a removal can be undone, ms. */
const UNDO_MS = 10_000;

/** A plan that was shown and agreed to. */
interface AgreedRemoval {
  readonly plan: RemovalPlan;
  /** What is removed, in the words of the lines that tell of it, and how many that are. */
  readonly what: string;
  readonly count: number;
  /** Asks again, as the images were changed meanwhile. */
  readonly askAgain: () => void;
}

/** Carries out a plan, and offers to undo it. What goes wrong is told; nothing rejects. */
export async function carryOutRemoval(
  app: App,
  { plan, what, count, askAgain }: AgreedRemoval,
): Promise<void> {
  const { store, notices, selection, i18n } = app;
  const texts = i18n.texts.actions;
  const fail = (error: unknown): void => notices.fail({ error: toErrorRecord(error) });
  const back = (taken: readonly string[]): void =>
    notices.say(taken.length > 0 ? texts.taken(taken.join(', ')) : texts.undone(what, count));
  try {
    const removal = await beginRemoval(store, plan);
    selection.clear();
    leaveRemoved(app, plan);
    notices.offer(texts.removed(what), {
      forMs: UNDO_MS,
      action: { label: texts.undo, run: () => void removal.undo().then(back, fail) },
      ended: () => void removal.collect().catch(fail),
    });
  } catch (error) {
    if (isCoded(error) && error.code === 'store-conflict') {
      notices.say(texts.changedMeanwhile);
      askAgain();
    } else fail(error);
  }
}

/** The page of an image that is gone, whichever of its platforms it shows, has nothing left to show. */
function leaveRemoved({ router, library }: App, { removed }: RemovalPlan): void {
  const { route } = router;
  if (route.page !== 'image' || route.query.has('archive')) return;
  const asked = askedImage(route);
  const gone = new Set(removed.images.map(({ target }) => target.digest));
  const isAmong = removed.images.some((root) => askedPlatform(root, asked));
  if (isAmong && !library.has(asked, gone)) router.go({ page: 'images' });
}
