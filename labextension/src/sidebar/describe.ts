import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Action, IRunItem, RunState } from '../types';

/** The word for a state of a run. */
export function stateLabel(state: RunState, trans: TranslationBundle): string {
  const labels: Record<RunState, string> = {
    queued: trans.__('queued'),
    starting: trans.__('starting'),
    running: trans.__('running'),
    paused: trans.__('paused'),
    stopping: trans.__('stopping'),
    stopped: trans.__('stopped'),
    finished: trans.__('finished'),
    failed: trans.__('failed'),
    interrupted: trans.__('interrupted')
  };
  return labels[state];
}

/** What a person may do with a run in this state. */
export function actions(state: RunState): Action[] {
  switch (state) {
    case 'running':
      return ['pause', 'stop'];
    case 'paused':
      return ['resume', 'stop'];
    case 'queued':
    case 'starting':
      return ['stop'];
    case 'stopped':
    case 'interrupted':
    case 'failed':
      return ['resume'];
    default:
      return [];
  }
}

/** Where a live run is: the epoch, the time left, how good it is so far. */
export function position(run: IRunItem, trans: TranslationBundle): string {
  const { progress } = run;
  if (!progress.epochs) {
    return run.dataset ?? '';
  }
  const epoch = Math.min(progress.epoch + 1, progress.epochs);
  const parts = [trans.__('epoch %1 of %2', epoch, progress.epochs)];
  if (run.state === 'running' && progress.eta !== null) {
    parts.push(trans.__('%1 left', duration(progress.eta, trans)));
  }
  const score = accuracy(run, trans);
  return (score ? [...parts, score] : parts).join(' · ');
}

/** How a run ended. */
export function outcome(run: IRunItem, trans: TranslationBundle): string {
  const when = run.ended ? Time.formatHuman(run.ended) : '';
  const what = run.state === 'failed' ? (run.error ?? '') : accuracy(run, trans);
  return [what, when].filter(Boolean).join(' · ');
}

/** The best-founded accuracy there is: on the test set, else validation, else training. */
export function accuracy(run: IRunItem, trans: TranslationBundle): string {
  const test = percent(run.summary.test_accuracy);
  const validation = percent(run.summary.val_accuracy);
  const training = percent(run.summary.train_accuracy);
  if (test) {
    return trans.__('test accuracy %1 %', test);
  }
  if (validation) {
    return trans.__('validation accuracy %1 %', validation);
  }
  return training && trans.__('training accuracy %1 %', training);
}

function percent(share: unknown): string {
  return typeof share === 'number' && Number.isFinite(share) ? (100 * share).toFixed(1) : '';
}

function duration(seconds: number, trans: TranslationBundle): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return trans.__('%1 s', whole);
  }
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? trans.__('%1 min %2 s', minutes, whole % 60)
    : trans.__('%1 h %2 min', Math.floor(minutes / 60), minutes % 60);
}
