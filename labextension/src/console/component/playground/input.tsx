import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import { useConsole } from '../../context';
import { rangeOf, type IRange } from './range';
import { Slider } from './slider';
import type { IStimulus, Shape } from './stimulus';

/** What flows into one input: its shape over time, how much, when. */
export const InputControls = React.memo(function InputControls(props: {
  name: string;
  doc: string;
  unit: string;
  stimulus: IStimulus;
  /** What the level was at first: its slider runs around it. */
  usualLevel: number;
  duration: number;
  onChange: (name: string, change: Partial<IStimulus>) => void;
}): JSX.Element {
  const { trans } = useConsole();
  const { name, doc, unit, stimulus, usualLevel, duration, onChange } = props;
  const { shape, level, start, stop, every, pieces } = stimulus;
  const shapes: [Shape, string][] = [
    ...(pieces ? [['preset', trans.__('as the preset shows')] as [Shape, string]] : []),
    ['constant', trans.__('constant')],
    ['step', trans.__('step')],
    ['pulses', trans.__('pulses')]
  ];
  const set = React.useCallback(
    (key: string, value: number) => onChange(name, { [key]: value }),
    [name, onChange]
  );
  const levels = React.useMemo(() => around(usualLevel), [usualLevel]);
  const times = React.useMemo(() => rangeOf(duration / 2, [0, duration]), [duration]);
  const gaps = React.useMemo(() => rangeOf(duration / 2, [0, duration], true), [duration]);
  const time = { unit: trans.__('ms'), onChange: set };
  return (
    <fieldset className="spx-Controls">
      <legend title={doc}>{trans.__('Input %1', name)}</legend>
      <label className="spx-Choice">
        <span>{trans.__('shape')}</span>
        <HTMLSelect
          value={shape}
          onChange={event => onChange(name, { shape: event.target.value as Shape })}
        >
          {shapes.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </HTMLSelect>
      </label>
      {shape !== 'preset' && (
        <Slider
          id="level"
          label={name}
          doc={doc}
          unit={unit}
          value={level}
          range={levels}
          onChange={set}
        />
      )}
      {(shape === 'step' || shape === 'pulses') && (
        <Slider id="start" label={trans.__('from')} value={start} range={times} {...time} />
      )}
      {shape === 'step' && (
        <Slider id="stop" label={trans.__('until')} value={stop} range={times} {...time} />
      )}
      {shape === 'pulses' && (
        <Slider id="every" label={trans.__('every')} value={every} range={gaps} {...time} />
      )}
    </fieldset>
  );
});

/** A range for a level without a declared one: below none to well above the usual. */
function around(usual: number): IRange {
  const span = Math.abs(usual) || 1;
  return { ...rangeOf(usual), low: -span, high: 3 * span };
}
