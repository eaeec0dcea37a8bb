import { caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IDataset, ISample } from '../../types';
import { useConsole } from '../context';
import { Button } from '../parts/buttons';
import { Await } from '../parts/states';
import { useResource } from '../resource';
import { isPicture } from './info';
import { useDatasets } from './client';

const SHOWN = 8;
/** Samples of more numbers than this are not drawn here. */
const MOST = 20_000;

/** Some samples of a dataset as small pictures, and the way to the next ones. */
export function Samples(props: { dataset: IDataset }): JSX.Element | null {
  const { trans } = useConsole();
  const datasets = useDatasets();
  const { dataset } = props;
  const { shape, splits } = dataset.info;
  const [index, setIndex] = React.useState(0);
  const split = 'train';
  const total = splits[split] ?? 0;
  const samples = useResource(
    () => datasets.samples(dataset.id, { split, index, count: SHOWN }),
    [dataset.id, index]
  );
  const large = !isPicture(shape) && shape.reduce((all, one) => all * one, 1) > MOST;
  if (total === 0 || large) {
    return null;
  }
  const next = index + SHOWN < total ? index + SHOWN : 0;
  return (
    <div className="spx-Samples">
      <Await resource={samples}>
        {({ items }) => (
          <ul aria-label={trans.__('Samples of %1', dataset.name)}>
            {items.map(sample => (
              <li key={sample.index}>
                <Thumbnail sample={sample} shape={shape} />
                <span>{sample.class}</span>
              </li>
            ))}
          </ul>
        )}
      </Await>
      {total > SHOWN && (
        <Button
          label={trans.__('Next samples of %1', dataset.name)}
          icon={caretRightIcon}
          quiet
          onClick={() => setIndex(next)}
        />
      )}
    </div>
  );
}

function Thumbnail(props: { sample: ISample; shape: readonly number[] }): JSX.Element {
  const { trans } = useConsole();
  const { sample, shape } = props;
  const label = trans.__('Sample %1, class %2', sample.index, sample.class);
  if (sample.png) {
    return <img src={`data:image/png;base64,${sample.png}`} alt={label} />;
  }
  const values = sample.values ?? [];
  return shape.length === 3 ? (
    <Grid values={values} shape={shape} label={label} />
  ) : (
    <Curve values={values} label={label} />
  );
}

/** Channels over a grid, such as the two polarities of events: how much there is at each place. */
function Grid(props: {
  values: readonly number[];
  shape: readonly number[];
  label: string;
}): JSX.Element {
  const { values, shape, label } = props;
  const [channels, height, width] = shape;
  const canvas = React.useRef<HTMLCanvasElement>(null);
  React.useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) {
      return;
    }
    const size = height * width;
    const sums = Array.from({ length: size }, (_, place) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        sum += Math.abs(values[channel * size + place] ?? 0);
      }
      return sum;
    });
    const most = sums.reduce((a, b) => Math.max(a, b), 0) || 1;
    const image = context.createImageData(width, height);
    sums.forEach((sum, place) => {
      image.data.fill((255 * sum) / most, 4 * place, 4 * place + 3);
      image.data[4 * place + 3] = 255;
    });
    context.putImageData(image, 0, 0);
  }, [values]);
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />;
}

/** A row of numbers as a curve. */
function Curve(props: { values: readonly number[]; label: string }): JSX.Element {
  const { values, label } = props;
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const path = values
    .map((value, at) => {
      const x = (60 * (at + 0.5)) / values.length;
      return `${x.toFixed(1)},${(38 - (36 * (value - low)) / (high - low || 1)).toFixed(1)}`;
    })
    .join(' ');
  return (
    <svg viewBox="0 0 60 40" role="img" aria-label={label}>
      <polyline points={path} />
    </svg>
  );
}
