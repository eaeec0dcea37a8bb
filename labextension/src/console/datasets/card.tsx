import { Dialog, showDialog } from '@jupyterlab/apputils';
import { deleteIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IDataset } from '../../types';
import { useConsole } from '../context';
import { bytes, Moment } from '../format';
import { Button } from '../parts/buttons';
import { Fact, Facts } from '../parts/facts';
import { Failure } from '../parts/states';
import { Samples } from './samples';
import { useDatasets } from './client';

/** Of more classes than this only the number is told. */
const NAMED = 12;

/** A dataset: some samples, its size, classes and source, and the way to be rid of it. */
export function DatasetCard(props: { dataset: IDataset }): JSX.Element {
  const { feed, trans } = useConsole();
  const datasets = useDatasets();
  const { dataset } = props;
  const { id, name, size, created } = dataset;
  const { shape, classes, splits, source, licence } = dataset.info;
  const [error, setError] = React.useState<unknown>(null);
  const heading = React.useId();
  const remove = async (): Promise<void> => {
    const answer = await showDialog({
      title: trans.__('Delete %1?', name),
      body: trans.__(
        'It goes out of the list. Runs that used it keep their results, but cannot be repeated on it.'
      ),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
      defaultButton: 0
    });
    if (!answer.button.accept) {
      return;
    }
    setError(null);
    try {
      await datasets.delete(id);
      void feed.refresh();
    } catch (reason) {
      setError(reason);
    }
  };
  const counts = Object.entries(splits).map(([split, count]) => `${split} ${grouped(count)}`);
  return (
    <li className="spx-Dataset" aria-labelledby={heading} data-dataset={name}>
      <div className="spx-Part-header">
        <h2 id={heading}>{name}</h2>
        <Button
          label={trans.__('Delete %1', name)}
          icon={deleteIcon}
          quiet
          onClick={() => void remove()}
        />
      </div>
      <Samples dataset={dataset} />
      {error !== null && <Failure error={error} />}
      <Facts>
        <Fact name={trans.__('Samples')}>{counts.join(', ')}</Fact>
        <Fact name={trans.__('Shape')}>{shape.join(' × ')}</Fact>
        <Fact name={trans.__('Classes')}>
          {classes.length > NAMED
            ? grouped(classes.length)
            : `${classes.length}: ${classes.join(', ')}`}
        </Fact>
        <Fact name={trans.__('Size')}>{bytes(size)}</Fact>
        <Fact name={trans.__('Added')}>
          <Moment time={created} />
        </Fact>
        {source && <Fact name={trans.__('Source')}>{source}</Fact>}
        {licence && <Fact name={trans.__('Licence')}>{licence}</Fact>}
      </Facts>
    </li>
  );
}

function grouped(count: number): string {
  return count.toLocaleString();
}
