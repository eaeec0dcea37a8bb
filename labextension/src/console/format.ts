import { Time } from '@jupyterlab/coreutils';
import React from 'react';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes as people write them: `3.2 GiB`. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  const value = count / 1024 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power]}`;
}

/** A share of one as percent: `96.4 %`; nothing where it is not a number. */
export function percent(share: unknown): string {
  return typeof share === 'number' && Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '';
}

/** A moment as people tell it, the exact one on hover. */
export function Moment(props: { time: string | null }): JSX.Element | null {
  const { time } = props;
  return (time &&
    React.createElement(
      'time',
      { dateTime: time, title: Time.format(time) },
      Time.formatHuman(time)
    )) as JSX.Element | null;
}
