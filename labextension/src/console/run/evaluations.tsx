import React from 'react';

import type { IEvaluation, IRun } from '../../types';
import { useConsole } from '../context';
import { Moment, percent } from '../format';
import { Button } from '../parts/buttons';
import { Section } from '../parts/frame';
import { Await, Failure } from '../parts/states';
import { useResource } from '../resource';

/** What the run's weights were measured at, and a button to measure them. */
export function Evaluations({ run }: { run: IRun }): JSX.Element {
  const { client, trans } = useConsole();
  const found = useResource(() => client.evaluations(run.id), [run.id, run.state]);
  const [busy, setBusy] = React.useState(false);
  const [error, setError] = React.useState<unknown>(null);
  const evaluate = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await client.evaluate(run.id, 'test');
      found.reload();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section
      title={trans.__('Evaluations')}
      tools={
        <Button
          label={busy ? trans.__('Evaluating…') : trans.__('Evaluate on the test set')}
          disabled={busy || run.state !== 'finished'}
          title={trans.__('Measure the final weights; a finished run has them')}
          onClick={() => void evaluate()}
        />
      }
    >
      {error !== null && <Failure error={error} />}
      <Await resource={found}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{trans.__('Not evaluated yet.')}</p>
          ) : (
            <EvaluationTable items={items} />
          )
        }
      </Await>
    </Section>
  );
}

function EvaluationTable({ items }: { items: readonly IEvaluation[] }): JSX.Element {
  const { trans } = useConsole();
  const heads = [
    trans.__('Split'),
    trans.__('Samples'),
    trans.__('Accuracy'),
    trans.__('Macro F1'),
    trans.__('Loss'),
    trans.__('Latency (median)'),
    trans.__('Samples per second'),
    trans.__('When')
  ];
  return (
    <div className="spx-Table-scroll">
      <table className="spx-Table" aria-label={trans.__('Evaluations')}>
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, created, figures }) => (
            <tr key={id}>
              <td>{figures.split}</td>
              <td>{figures.samples.toLocaleString()}</td>
              <td>{percent(figures.accuracy)}</td>
              <td>{figures.macro_f1.toFixed(3)}</td>
              <td>{figures.loss.toPrecision(4)}</td>
              <td>{trans.__('%1 ms', figures.latency.median.toFixed(2))}</td>
              <td>{Math.round(figures.throughput).toLocaleString()}</td>
              <td>
                <Moment time={created} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
