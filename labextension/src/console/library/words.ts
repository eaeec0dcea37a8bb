import type { TranslationBundle } from '@jupyterlab/translation';

/** What became of a version of a component, in words. */
export function stateWords(state: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    bundled: trans.__('part of SPIKE-X Lab'),
    draft: trans.__('draft'),
    pending: trans.__('waits for a review'),
    approved: trans.__('approved'),
    rejected: trans.__('rejected')
  };
  return words[state] ?? state;
}
