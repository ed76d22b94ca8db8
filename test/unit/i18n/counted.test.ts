import { expect, it } from 'vitest';
import { actions } from '../../../src/i18n/en/actions';

it('what comes back is one image or several, and the sentence agrees', () => {
  expect(actions.undone('web:1.27', 1)).toBe('web:1.27 is back');
  expect(actions.undone(actions.andMoreNames('web:1.27', 2), 3)).toBe(
    'web:1.27 and 2 more are back',
  );
});
