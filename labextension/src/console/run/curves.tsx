import React from 'react';

import type { IEpoch } from '../../types';
import { useConsole } from '../context';
import { percent } from '../format';
import { Chart, type ISeries } from '../parts/chart';

/** A run whose curves are drawn. */
export interface ICurved {
  name: string;
  epochs: readonly IEpoch[];
}

/** The curves of one or several runs over one axis: loss, accuracy, learning rate, gradients. */
export function Curves({ runs }: { runs: readonly ICurved[] }): JSX.Element {
  const { trans } = useConsole();
  const alone = runs.length === 1;
  const curves = (keys: Record<string, string>): ISeries[] =>
    runs.flatMap(({ name, epochs }, index) =>
      Object.entries(keys).map(([key, word], which) => ({
        name: alone ? word : `${name}, ${word}`,
        points: epochs.flatMap(figures => {
          const value = (figures as Record<string, unknown>)[key];
          return typeof value === 'number' ? [[figures.epoch, value] as const] : [];
        }),
        colour: index,
        dashed: which > 0
      }))
    );
  const training = trans.__('training');
  const validation = trans.__('validation');
  const charts: { label: string; series: ISeries[]; share?: boolean }[] = [
    {
      label: trans.__('Loss'),
      series: curves({ val_loss: validation, train_loss: training })
    },
    {
      label: trans.__('Accuracy'),
      series: curves({ val_accuracy: validation, train_accuracy: training }),
      share: true
    },
    { label: trans.__('Learning rate'), series: curves({ lr: trans.__('learning rate') }) },
    { label: trans.__('Gradient norm'), series: curves({ grad_norm: trans.__('gradient norm') }) }
  ];
  return (
    <div className="spx-Grid">
      {charts
        .filter(({ series }) => series.some(({ points }) => points.length > 0))
        .map(({ label, series, share }) => (
          <Chart
            key={label}
            label={label}
            xLabel={trans.__('epoch')}
            series={series}
            format={share ? percent : undefined}
          />
        ))}
    </div>
  );
}
