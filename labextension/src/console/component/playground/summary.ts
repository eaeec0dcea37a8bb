import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDefinition } from '../../../types';
import type { ITrace } from './bench';
import { fires } from './module';
import { shortest } from './range';
import { unitOf } from './rows';
import type { ISettings } from './settings';

/** What a run shows, in words: spikes and their rate, between which values the states move. */
export function summary(
  definition: IDefinition,
  trace: ITrace,
  settings: ISettings,
  trans: TranslationBundle
): string {
  const { spikes, broken, count, dt } = trace;
  if (broken !== null) {
    return trans.__(
      'The numbers grow beyond all bounds at %1 ms. Take a smaller step or a smaller input.',
      shortest(broken)
    );
  }
  const parts: string[] = [];
  if (fires(definition)) {
    const seconds = (count * dt) / 1000;
    const rate = shortest(spikes.length / seconds);
    parts.push(
      trans._n('%1 spike, %2 per second', '%1 spikes, %2 per second', spikes.length, rate)
    );
  }
  for (const [name, values] of Object.entries(trace.states)) {
    let low = Infinity;
    let high = -Infinity;
    for (let k = 0; k < count; k++) {
      low = Math.min(low, values[k]);
      high = Math.max(high, values[k]);
    }
    const unit = unitOf(definition.state?.[name]?.unit);
    const ends = [rounded(low, high - low), rounded(high, high - low)];
    parts.push(trans.__('%1 from %2 to %3', name, ends[0], `${ends[1]} ${unit}`.trim()));
  }
  if (count * dt < settings.duration - dt) {
    parts.push(trans.__('cut after %1 steps', count));
  }
  return parts.join(' · ');
}

/** A value to a thousandth of the range that it moves in. */
function rounded(value: number, range: number): string {
  const digits = range > 0 ? Math.ceil(3 - Math.log10(range)) : 3;
  return shortest(Number(value.toFixed(Math.min(20, Math.max(0, digits)))));
}
