import React from 'react';

import { CommandIDs } from '../../commands';
import type { IModelItem } from '../../types';
import { useConsole } from '../context';
import { Moment, percent } from '../format';
import { CommandButton } from '../parts/buttons';
import { Frame } from '../parts/frame';
import { PageLink } from '../parts/links';
import { MenuButton } from '../parts/menu';
import { Empty } from '../parts/states';
import { Table, type IColumn } from '../parts/table';
import { modelMenu } from './menu';

/** All models: sorted, searched, opened, renamed, duplicated, exported, deleted. */
export default function Models(): JSX.Element {
  const { client, trans } = useConsole();
  const columns: IColumn<IModelItem>[] = [
    {
      id: 'name',
      label: trans.__('Name'),
      sort: 'name',
      render: ({ id, name }) => (
        <PageLink page="model" params={{ model: id }}>
          {name}
        </PageLink>
      )
    },
    {
      id: 'version',
      label: trans.__('Version'),
      numeric: true,
      render: ({ version }) => version
    },
    {
      id: 'nodes',
      label: trans.__('Nodes'),
      numeric: true,
      render: ({ nodes }) => nodes
    },
    {
      id: 'steps',
      label: trans.__('Time steps'),
      numeric: true,
      render: ({ steps }) => steps
    },
    { id: 'dataset', label: trans.__('Dataset'), render: ({ dataset }) => dataset },
    {
      id: 'accuracy',
      label: trans.__('Last accuracy'),
      numeric: true,
      render: ({ last_run: run }) =>
        run && (
          <PageLink page="run" params={{ run: run.id }} title={trans.__('Open the run')}>
            {percent(run.accuracy) || trans.__('no accuracy')}
          </PageLink>
        )
    },
    {
      id: 'updated',
      label: trans.__('Changed'),
      sort: 'updated',
      render: ({ updated }) => <Moment time={updated} />
    },
    {
      id: 'actions',
      label: trans.__('Actions'),
      render: ({ id, name }) => (
        <MenuButton label={trans.__('Actions on %1', name)} entries={modelMenu(id, name)} />
      )
    }
  ];
  return (
    <Frame
      title={trans.__('Models')}
      toolsLabel={trans.__('Models: tools')}
      tools={<CommandButton command={CommandIDs.newModel} primary />}
    >
      <Table
        label={trans.__('Models')}
        columns={columns}
        load={query => client.models(query)}
        defaultSort="-updated"
        searchLabel={trans.__('Search models by name')}
        rowKey={model => model.id}
        empty={
          <Empty text={trans.__('No models yet. The quickstart builds one in ten short cells.')}>
            <CommandButton command={CommandIDs.openQuickstart} primary />
          </Empty>
        }
      />
    </Frame>
  );
}
