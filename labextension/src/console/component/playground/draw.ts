import { scaleLinear, type ScaleLinear } from 'd3-scale';

import { shortest } from './range';
import type { ILine, IPicture, IRow } from './rows';

const LEFT = 58;
const RIGHT = 12;
const TOP = 22;
const BOTTOM = 22;
const GAP = 26;
const SPIKE = 9;
/** Colours of the theme, in the order of the lines. */
const COLOURS = [
  '--jp-brand-color1',
  '--jp-error-color1',
  '--jp-success-color1',
  '--jp-mirror-editor-operator-color',
  '--jp-warn-color0',
  '--jp-ui-font-color2'
];

type Scale = ScaleLinear<number, number>;

/** Draw `picture` over the whole of `canvas`, in the colours of the theme. */
export function draw(canvas: HTMLCanvasElement, picture: IPicture): void {
  const context = canvas.getContext('2d');
  const { width, height } = fit(canvas);
  if (!context || width <= LEFT + RIGHT) {
    return;
  }
  const style = getComputedStyle(canvas);
  const pen = new Pen(context, name => style.getPropertyValue(name).trim());
  context.font = `${style.getPropertyValue('--jp-ui-font-size0')} ${style.fontFamily}`;
  context.clearRect(0, 0, width, height);
  const { rows } = picture;
  const x = scaleLinear([picture.from, picture.to], [LEFT, width - RIGHT]);
  const room = height - TOP - BOTTOM - GAP * (rows.length - 1);
  const shares = rows.reduce((sum, { share }) => sum + share, 0);
  let top = TOP;
  for (const row of rows) {
    const bottom = top + (room * row.share) / shares;
    drawRow(pen, row, picture, x, top, bottom);
    top = bottom + GAP;
  }
  pen.text(picture.axis, width - RIGHT, height - 4, 'right');
  for (const tick of x.ticks(Math.max(2, Math.floor(width / 110)))) {
    if (x(tick) < width - RIGHT - 30) {
      pen.text(shortest(tick), x(tick), height - 4, 'center');
    }
  }
}

function drawRow(
  pen: Pen,
  row: IRow,
  picture: IPicture,
  x: Scale,
  top: number,
  bottom: number
): void {
  const y = scaleLinear(extent(row, picture.count), [bottom, top + (row.spikes ? SPIKE + 4 : 0)]);
  y.nice(4);
  const [left, right] = x.range();
  for (const tick of y.ticks(Math.max(1, Math.min(4, Math.floor((bottom - top) / 24))))) {
    pen.stroke('--jp-border-color2', 1, [], path => {
      path.moveTo(left, y(tick));
      path.lineTo(right, y(tick));
    });
    pen.text(shortest(tick), left - 6, y(tick) + 4, 'right');
  }
  if (row.threshold !== undefined) {
    const at = y(row.threshold);
    pen.stroke('--jp-ui-font-color2', 1, [4, 3], path => {
      path.moveTo(left, at);
      path.lineTo(right, at);
    });
  }
  let place = left;
  row.lines.forEach((line, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const unit = row.unit ? ` [${row.unit}]` : '';
    place += pen.text(line.name + unit, place, top - 7, 'left', colour) + 14;
    pen.stroke(colour, 1.4, [], path => trace(path, line, picture, x, y));
  });
  if (row.spikes) {
    const spikes = row.spikes;
    pen.stroke('--jp-ui-font-color1', 1.4, [], path => {
      for (const time of spikes) {
        path.moveTo(x(time), top);
        path.lineTo(x(time), top + SPIKE);
      }
    });
  }
}

/**
 * Put a line into `path`. Where several values share a pixel only the least and the largest are
 * drawn: the picture is the same, and costs no more than the canvas is wide.
 */
function trace(
  path: CanvasRenderingContext2D,
  line: ILine,
  picture: IPicture,
  x: Scale,
  y: Scale
): void {
  const { values } = line;
  const { count, from, to } = picture;
  const [left, right] = x.range();
  const step = (right - left) / Math.max(1, values.length - 1);
  const [bottom, top] = y.range();
  const [low, high] = y.domain();
  const scale = (top - bottom) / (high - low);
  const height = (value: number): number => bottom + (value - low) * scale;
  if (from === to || count === 0) {
    return;
  }
  path.moveTo(left, height(values[0]));
  let k = 0;
  while (k < count) {
    const column = Math.floor(k * step);
    let least = values[k];
    let largest = least;
    let last = k;
    while (last + 1 < count && Math.floor((last + 1) * step) === column) {
      last += 1;
      const value = values[last];
      if (value < least) {
        least = value;
      } else if (value > largest) {
        largest = value;
      }
    }
    if (last === k) {
      path.lineTo(left + k * step, height(values[k]));
    } else {
      const at = left + column + 0.5;
      path.lineTo(at, height(values[k]));
      path.lineTo(at, height(least));
      path.lineTo(at, height(largest));
      path.lineTo(at, height(values[last]));
    }
    k = last + 1;
  }
}

/** The least and the largest value of a row; around a value that never changes, some room. */
function extent(row: IRow, count: number): [number, number] {
  let low = row.threshold ?? Infinity;
  let high = row.threshold ?? -Infinity;
  for (const { values } of row.lines) {
    for (let k = 0; k < count; k++) {
      const value = values[k];
      if (value < low) {
        low = value;
      }
      if (value > high) {
        high = value;
      }
    }
  }
  if (low > high) {
    return [0, 1];
  }
  const room = high === low ? Math.abs(high) / 10 || 1 : 0;
  return [low - room, high + room];
}

/** Give the canvas as many pixels as the screen has for it; return its size on the page. */
function fit(canvas: HTMLCanvasElement): { width: number; height: number } {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}

/** Draws in the colours of the theme. */
class Pen {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly colour: (name: string) => string
  ) {}

  stroke(
    colour: string,
    width: number,
    dashes: number[],
    path: (context: CanvasRenderingContext2D) => void
  ): void {
    const { context } = this;
    context.strokeStyle = this.colour(colour);
    context.lineWidth = width;
    context.setLineDash(dashes);
    context.beginPath();
    path(context);
    context.stroke();
  }

  /** Write `text` and return how wide it is. */
  text(
    text: string,
    x: number,
    y: number,
    align: CanvasTextAlign,
    colour = '--jp-ui-font-color2'
  ): number {
    const { context } = this;
    context.fillStyle = this.colour(colour);
    context.textAlign = align;
    context.fillText(text, x, y);
    return context.measureText(text).width;
  }
}
