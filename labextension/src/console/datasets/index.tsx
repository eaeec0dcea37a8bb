import React from 'react';

import { useConsole } from '../context';
import { Frame, Section } from '../parts/frame';
import { Pager } from '../parts/pager';
import { SearchBox } from '../parts/search';
import { Await, Empty } from '../parts/states';
import { useResource } from '../resource';
import { DatasetCard } from './card';
import { Known } from './known';
import { Uploader } from './uploader';
import { useDatasets } from './client';

/** The data to train on: what is here, what can be uploaded, what everybody knows. */
export default function Datasets(): JSX.Element {
  const { feed, trans } = useConsole();
  const datasets = useDatasets();
  const [search, setSearch] = React.useState('');
  const [page, setPage] = React.useState(1);
  const found = useResource(
    () => datasets.list({ search, page, page_size: Math.min(feed.pageSize, MOST) }),
    [search, page]
  );
  React.useEffect(() => setPage(1), [search]);
  return (
    <Frame title={trans.__('Datasets')}>
      <SearchBox label={trans.__('Search the datasets')} onSearch={setSearch} />
      <Await resource={found}>
        {data => (
          <>
            {data.total === 0 && <Empty text={trans.__('Nothing matches.')} />}
            <ul className="spx-Datasets" aria-label={trans.__('Datasets')}>
              {data.items.map(dataset => (
                <DatasetCard key={dataset.id} dataset={dataset} />
              ))}
            </ul>
            <Pager found={data} onPage={setPage} />
          </>
        )}
      </Await>
      <Section title={trans.__('Upload')}>
        <Uploader />
      </Section>
      <Section title={trans.__('Known datasets')}>
        <Known />
      </Section>
    </Frame>
  );
}

/** Each card asks for its samples: not too many at a time. */
const MOST = 24;
