import { downloadIcon, stopIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IKnownDataset, ITransfer } from '../../types';
import { useConsole } from '../context';
import { bytes } from '../format';
import { Button } from '../parts/buttons';
import { Progress } from '../parts/progress';
import { Await, Failure } from '../parts/states';
import { useResource } from '../resource';
import { useDatasets } from './client';

/** How often, in ms, a download is asked how far it is. */
const PACE = 500;

/** The datasets that everybody knows, and how far each is on its way here. */
export function Known(): JSX.Element {
  const { feed, trans } = useConsole();
  const datasets = useDatasets();
  const known = useResource(() => datasets.known(), []);
  const [interval, setInterval] = React.useState<number | null>(null);
  const transfers = useResource(() => datasets.transfers(), [], interval);
  const downloads = (transfers.data?.items ?? []).filter(({ kind }) => kind === 'download');
  const going = downloads.filter(({ state }) => isGoing(state)).length;
  const before = React.useRef(0);
  React.useEffect(() => {
    setInterval(going > 0 ? PACE : null);
    if (going < before.current) {
      void feed.refresh(); // what has come belongs into the list
    }
    before.current = going;
  }, [going]);
  return (
    <Await resource={known}>
      {({ items }) => (
        <ul className="spx-Cards" aria-label={trans.__('Known datasets')}>
          {items.map(one => (
            <Line
              key={one.name}
              known={one}
              transfer={downloads.find(({ name }) => name === one.name)}
              onChanged={transfers.reload}
            />
          ))}
        </ul>
      )}
    </Await>
  );
}

function Line(props: {
  known: IKnownDataset;
  /** The newest attempt to fetch it. */
  transfer: ITransfer | undefined;
  onChanged: () => void;
}): JSX.Element {
  const { trans } = useConsole();
  const datasets = useDatasets();
  const { known, transfer, onChanged } = props;
  const { name, title, licence, shape, classes, size, dataset } = known;
  const [error, setError] = React.useState<unknown>(null);
  const act = async (action: () => Promise<unknown>): Promise<void> => {
    setError(null);
    try {
      await action();
      onChanged();
    } catch (reason) {
      setError(reason);
    }
  };
  const going = transfer !== undefined && isGoing(transfer.state);
  const failed = transfer?.state === 'failed' && !dataset ? transfer.error : null;
  return (
    <li className="spx-Card" data-known={name}>
      <div className="spx-Part-header">
        <h3>{title}</h3>
        {dataset ? (
          <span className="spx-Muted">{trans.__('is here')}</span>
        ) : going ? (
          <Button
            label={trans.__('Stop the download of %1', name)}
            icon={stopIcon}
            onClick={() => void act(() => datasets.callOff(transfer.id))}
          />
        ) : (
          <Button
            label={trans.__('Download %1', name)}
            icon={downloadIcon}
            onClick={() => void act(() => datasets.download(name))}
          />
        )}
      </div>
      <p className="spx-Muted">
        {[
          shape.join(' × '),
          trans._n('%1 class', '%1 classes', classes),
          bytes(size),
          licence
        ].join(' · ')}
      </p>
      {going && (
        <Progress
          label={trans.__('Download of %1', name)}
          share={
            transfer.state === 'receiving' && transfer.total > 0
              ? Math.min(1, transfer.done / transfer.total)
              : null
          }
          words={trans.__('%1 of %2', bytes(transfer.done), bytes(transfer.total))}
        />
      )}
      {failed && <Failure error={new Error(failed)} />}
      {error !== null && <Failure error={error} />}
    </li>
  );
}

function isGoing(state: ITransfer['state']): boolean {
  return state === 'receiving' || state === 'reading';
}
