import React from 'react';

import { useConsole } from '../../context';
import { allows, interval, PLACES, placeOf, shortest, valueAt, type IRange } from './range';

export interface ISliderProps {
  /** What `onChange` is told of. */
  id: string;
  label: string;
  /** What it is, on hover. */
  doc?: string;
  unit: string;
  value: number;
  range: IRange;
  onChange: (id: string, value: number) => void;
}

/** A quantity: a slider for the hand, and beside it the exact number. */
export const Slider = React.memo(function Slider(props: ISliderProps): JSX.Element {
  const { trans } = useConsole();
  const { id, label, doc, unit, value, range, onChange } = props;
  const name = React.useId();
  const [typed, setTyped] = React.useState<string | null>(null);
  const wrong = typed !== null && !allows(range, parse(typed));
  const allowed = interval(range.least, range.largest, range.exclusive);
  const type = (event: React.ChangeEvent<HTMLInputElement>): void => {
    const text = event.target.value;
    setTyped(text);
    if (allows(range, parse(text))) {
      onChange(id, parse(text));
    }
  };
  return (
    <div className="spx-Slider" title={doc}>
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        type="range"
        min={0}
        max={PLACES}
        value={placeOf(range, value)}
        aria-valuetext={`${shortest(value)} ${unit}`.trim()}
        onChange={event => {
          setTyped(null);
          onChange(id, valueAt(range, Number(event.target.value)));
        }}
      />
      <input
        type="text"
        inputMode="decimal"
        className="jp-mod-styled"
        aria-label={trans.__('%1, as a number', label)}
        aria-invalid={wrong}
        title={wrong ? trans.__('Allowed: %1', allowed) : undefined}
        value={typed ?? shortest(value)}
        onChange={type}
        onBlur={() => setTyped(null)}
      />
      <span>{unit}</span>
    </div>
  );
});

function parse(text: string): number {
  return text.trim() === '' ? NaN : Number(text.replace(',', '.'));
}
