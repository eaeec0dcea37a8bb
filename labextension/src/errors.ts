import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ProblemError } from './request';

/**
 * One clear sentence for a person, whatever went wrong.
 *
 * @param isInPlace - it stands at the very thing, whose name need not be said again.
 */
export function explain(error: unknown, trans: TranslationBundle, isInPlace = false): string {
  if (error instanceof ServerConnection.NetworkError) {
    return trans.__('The Jupyter server does not answer. Is it still running?');
  }
  if (error instanceof ProblemError) {
    if (error.status === 404 && !error.detail) {
      return trans.__(
        'The server has no SPIKE-X Lab. Install spikex-lab where the Jupyter server runs, then restart it.'
      );
    }
    const { errors, message, where } = error; // each of the errors says its own place
    const isNamed = where !== '' && errors.length === 0 && !isInPlace;
    const what = isNamed ? trans.__('%1: %2', where, message) : message;
    return error.hint ? trans.__('%1 (%2)', what, error.hint) : what;
  }
  return error instanceof Error ? error.message : String(error);
}
