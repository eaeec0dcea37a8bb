import React from 'react';

/** How far something is. */
export function Progress(props: {
  label: string;
  /** 0 to 1; null: it goes on, nobody knows how far it is. */
  share: number | null;
  words?: string;
}): JSX.Element {
  const { label, share, words } = props;
  const percent = share === null ? undefined : Math.round(100 * share);
  return (
    <div className="spx-Going">
      <div
        className={`spx-Progress ${share === null ? 'spx-mod-unknown' : ''}`}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div className="spx-Progress-bar" style={{ width: `${percent ?? 100}%` }} />
      </div>
      <span className="spx-Muted">
        {[percent === undefined ? '' : `${percent} %`, words].filter(Boolean).join(' · ')}
      </span>
    </div>
  );
}
