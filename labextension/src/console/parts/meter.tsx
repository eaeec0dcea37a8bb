import React from 'react';

import { useConsole } from '../context';

/** How much of something is taken: a bar and the numbers in words. */
export function Meter(props: { label: string; share: number; text: string }): JSX.Element {
  const { trans } = useConsole();
  const { label, share, text } = props;
  const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
  return (
    <div className="spx-Meter">
      <div className="spx-Meter-words">
        <span>{label}</span>
        <span>{text}</span>
      </div>
      <div
        className="spx-Progress"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={trans.__('%1 %, %2', percent, text)}
      >
        <div className="spx-Progress-bar" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
