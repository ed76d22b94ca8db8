import { isCoded, toErrorRecord } from '../../base/errors';
import { beginRemoval } from '../../image/removal/removal';
import type { RemovalPlan } from '../../image/removal/removal-plan';
import type { App } from '../app.svelte';

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

/** The page of an image that is gone has nothing left to show. */
function leaveRemoved({ router }: App, { outcomes }: RemovalPlan): void {
  const { route } = router;
  if (route.page !== 'image') return;
  const isGone = outcomes.some(
    (outcome) =>
      outcome.kind === 'removed' &&
      outcome.steps.some((step) => step.kind === 'image-deleted' && step.digest === route.imageId),
  );
  if (isGone) router.go({ page: 'images' });
}
