import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ProblemError } from './request';

/** One clear sentence for a person, whatever went wrong. */
export function explain(error: unknown, trans: TranslationBundle): string {
  if (error instanceof ServerConnection.NetworkError) {
    return trans.__('The Jupyter server does not answer. Is it still running?');
  }
  if (error instanceof ProblemError) {
    if (error.status === 404 && !error.detail) {
      return trans.__(
        'The server has no SPIKE-X Lab. Install spikex-lab where the Jupyter server runs, then restart it.'
      );
    }
    return error.hint ? trans.__('%1 (%2)', error.message, error.hint) : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
