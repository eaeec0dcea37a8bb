import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import React from 'react';

import { useConsole } from '../context';

/** One curve: its points from left to right. */
export interface ISeries {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  /** Which of the colours; curves of one thing share theirs. */
  colour: number;
  dashed?: boolean;
}

const HEIGHT = 220;
const MARGIN = { top: 8, right: 12, bottom: 30, left: 52 };
/** How many colours `style/console.css` has. */
export const COLOURS = 6;

/**
 * Curves over one axis. The values at the pointer, or with the arrow keys at the place that they
 * walk to, are told in words below.
 */
export function Chart(props: {
  /** What the curves show, with the unit. */
  label: string;
  xLabel: string;
  series: readonly ISeries[];
  /** Between which values the axis runs at least. */
  domain?: readonly [number, number];
  format?: (value: number) => string;
}): JSX.Element {
  const { trans } = useConsole();
  const { label, xLabel, series, domain, format = shortest } = props;
  const [box, width] = useWidth();
  const [cursor, setCursor] = React.useState<number | null>(null);
  const drawn = series.filter(({ points }) => points.length > 0);
  const xs = [...new Set(drawn.flatMap(({ points }) => points.map(([x]) => x)))];
  xs.sort((a, b) => a - b);
  const ys = drawn.flatMap(({ points }) => points.map(([, y]) => y)).concat(domain ?? []);
  const x = scaleLinear([xs[0] ?? 0, xs[xs.length - 1] ?? 1], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear([min(ys), max(ys)], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const path = line<readonly [number, number]>(
    ([at]) => x(at),
    ([, value]) => y(value)
  );
  const point = (event: React.PointerEvent): void => {
    const at = x.invert(event.nativeEvent.offsetX);
    setCursor(nearest(xs, at));
  };
  const walk = (event: React.KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && xs.length > 0) {
      event.preventDefault();
      const place = cursor === null ? xs.length - 1 : xs.indexOf(cursor) + step;
      setCursor(xs[Math.min(xs.length - 1, Math.max(0, place))]);
    }
  };
  return (
    <figure className="spx-Chart" ref={box}>
      <figcaption>{label}</figcaption>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        tabIndex={0}
        aria-label={trans.__('%1, over %2. The arrow keys read the values.', label, xLabel)}
        onPointerMove={point}
        onPointerLeave={() => setCursor(null)}
        onKeyDown={walk}
      >
        <Axes x={x} y={y} width={width} xLabel={xLabel} format={format} />
        {drawn.map(({ name, points, colour, dashed }) => (
          <g key={name} className={`spx-Series spx-mod-colour${colour % COLOURS}`}>
            <path d={path(points) ?? ''} strokeDasharray={dashed ? '5 3' : undefined} />
            {points.length === 1 && <circle cx={x(points[0][0])} cy={y(points[0][1])} r={3} />}
          </g>
        ))}
        {cursor !== null && (
          <line
            className="spx-Chart-cursor"
            x1={x(cursor)}
            x2={x(cursor)}
            y1={MARGIN.top}
            y2={HEIGHT - MARGIN.bottom}
          />
        )}
      </svg>
      <ul className="spx-Legend">
        {drawn.map(({ name, points, colour, dashed }) => {
          const at =
            cursor === null ? points[points.length - 1] : points.find(p => p[0] === cursor);
          return (
            <li key={name} className={`spx-mod-colour${colour % COLOURS}`}>
              <svg width={22} height={8} aria-hidden="true" className="spx-Series">
                <path d="M0 4H22" strokeDasharray={dashed ? '5 3' : undefined} />
              </svg>
              {name} <b>{at ? format(at[1]) : '–'}</b>
            </li>
          );
        })}
      </ul>
      <span className="spx-ForReaders" role="status">
        {cursor !== null && readout(cursor, xLabel, drawn, format)}
      </span>
    </figure>
  );
}

function Axes(props: {
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
  width: number;
  xLabel: string;
  format: (value: number) => string;
}): JSX.Element {
  const { x, y, width, xLabel, format } = props;
  const bottom = HEIGHT - MARGIN.bottom;
  const whole = x.ticks(Math.max(2, Math.floor(width / 90))).filter(Number.isInteger);
  return (
    <g className="spx-Axes" aria-hidden="true">
      {y.ticks(4).map(value => (
        <g key={value} transform={`translate(0 ${y(value)})`}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} />
          <text x={MARGIN.left - 6} dy="0.32em" textAnchor="end">
            {format(value)}
          </text>
        </g>
      ))}
      {whole.map(value => (
        <text key={value} x={x(value)} y={bottom + 13} textAnchor="middle">
          {value}
        </text>
      ))}
      <text x={width - MARGIN.right} y={HEIGHT - 3} textAnchor="end">
        {xLabel}
      </text>
    </g>
  );
}

/** A curve without axes, the size of a word. */
export function Sparkline(props: { values: readonly number[]; label: string }): JSX.Element | null {
  const { values, label } = props;
  if (values.length < 2) {
    return null;
  }
  const x = scaleLinear([0, values.length - 1], [1, 79]);
  const y = scaleLinear([min(values), max(values)], [18, 2]);
  const path = line<number>(
    (_value, index) => x(index),
    value => y(value)
  );
  return (
    <svg
      className="spx-Series spx-mod-colour0"
      width={80}
      height={20}
      role="img"
      aria-label={label}
    >
      <path d={path([...values]) ?? ''} />
    </svg>
  );
}

function readout(
  at: number,
  xLabel: string,
  series: readonly ISeries[],
  format: (value: number) => string
): string {
  const values = series.flatMap(({ name, points }) =>
    points.filter(([x]) => x === at).map(([, y]) => `${name} ${format(y)}`)
  );
  return [`${xLabel} ${at}`, ...values].join(', ');
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(3)));
}

// Not Math.min(...values): a run of many epochs has more values than a call has arguments.
function min(values: readonly number[]): number {
  return values.length ? values.reduce((a, b) => (b < a ? b : a)) : 0;
}

function max(values: readonly number[]): number {
  return values.length ? values.reduce((a, b) => (b > a ? b : a)) : 1;
}

function nearest(sorted: readonly number[], wanted: number): number | null {
  return sorted.reduce<number | null>(
    (best, one) => (best === null || Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best),
    null
  );
}

/** The width of what the reference is put on, as it is now. */
function useWidth(): [React.RefObject<HTMLElement>, number] {
  const box = React.useRef<HTMLElement>(null);
  const [width, setWidth] = React.useState(480);
  React.useLayoutEffect(() => {
    if (!box.current) {
      return;
    }
    const observer = new ResizeObserver(([entry]) => {
      if (entry.contentRect.width > 0) {
        setWidth(Math.max(200, Math.round(entry.contentRect.width)));
      }
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
