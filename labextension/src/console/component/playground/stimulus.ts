import type { IDefinition, IPiece } from '../../../types';

export type Shape = 'constant' | 'step' | 'pulses' | 'preset';

/** What flows into one input over time. */
export interface IStimulus {
  shape: Shape;
  /** In the input's unit. */
  level: number;
  /** When it begins, in ms; of pulses: the first one. */
  start: number;
  /** When a step ends, in ms. */
  stop: number;
  /** Between two pulses, in ms. A pulse is one time step long. */
  every: number;
  /** What the chosen preset is shown with. */
  pieces: readonly IPiece[] | null;
}

/** What flows in at first: as on the bench; where spikes arrive, spikes. */
export function usual(
  definition: IDefinition,
  name: string,
  pieces: readonly IPiece[] | null,
  duration: number
): IStimulus {
  const inputs = Object.keys(definition.inputs ?? {});
  const signal = definition.inputs?.[name];
  const first = inputs[0] === name;
  const hears = signal?.per === 'pre' || signal?.per === 'post';
  const pulses = hears || (first && definition.kind === 'synapse');
  const rest = first ? definition.bench.input : (signal?.default ?? 0);
  const every = duration / 5;
  return {
    shape: pieces ? 'preset' : pulses ? 'pulses' : 'constant',
    level: pulses ? 1 : rest,
    // The neuron behind a synapse fires a little after the one before it.
    start: pulses ? every * (signal?.per === 'post' ? 0.6 : 0.5) : duration / 10,
    stop: (9 * duration) / 10,
    every,
    pieces
  };
}

/** Fill `into` with the stimulus, one value for each step of `dt` ms. */
export function drive(stimulus: IStimulus, dt: number, into: Float64Array): void {
  const { shape, level, start, stop, every, pieces } = stimulus;
  const count = into.length;
  const at = (time: number): number => Math.min(count, Math.max(0, Math.round(time / dt)));
  into.fill(shape === 'constant' ? level : 0);
  if (shape === 'step') {
    into.fill(level, at(start), at(stop));
  } else if (shape === 'pulses') {
    const gap = Math.max(1, Math.round(every / dt));
    for (let k = at(start); k < count; k += gap) {
      into[k] = level;
    }
  } else if (shape === 'preset') {
    for (const piece of pieces ?? []) {
      const first = at(piece.start);
      const last = piece.stop === null ? count : at(piece.stop);
      for (let k = first; k < last; k++) {
        into[k] += piece.value + piece.slope * (k - first) * dt;
      }
    }
  }
}
