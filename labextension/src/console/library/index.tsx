import { addIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IEntry } from '../../types';
import { useConsole } from '../context';
import type { IPageProps } from '../pages';
import { Button } from '../parts/buttons';
import { Frame } from '../parts/frame';
import { PageLink } from '../parts/links';
import { Pager } from '../parts/pager';
import { SearchBox } from '../parts/search';
import { Await, Empty } from '../parts/states';
import { useResource } from '../resource';
import { Facet } from './facet';
import { Waiting } from './waiting';
import { stateWords } from './words';
import { useLibrary } from './client';

/** The library: searched as one types, narrowed by kind and tag. Parameters: `tag` to begin with. */
export default function Library({ params }: IPageProps): JSX.Element {
  const { feed, open, trans } = useConsole();
  const library = useLibrary();
  const [q, setSearch] = React.useState('');
  const [kind, setKind] = React.useState('');
  const [tag, setTag] = React.useState(params.tag ?? '');
  const [page, setPage] = React.useState(1);
  const found = useResource(
    () => library.find({ q, kind, tag, page, page_size: feed.pageSize }),
    [q, kind, tag, page]
  );
  React.useEffect(() => setPage(1), [q, kind, tag]);
  const clear = (): void => {
    setKind('');
    setTag('');
  };
  return (
    <Frame
      title={trans.__('Library')}
      toolsLabel={trans.__('Library')}
      tools={
        <Button
          label={trans.__('New component')}
          icon={addIcon}
          onClick={() => open('contribute', { kind: kind || 'neuron' })}
        />
      }
    >
      <Waiting />
      <div className="spx-Library">
        <div className="spx-Library-facets">
          <SearchBox label={trans.__('Search the library')} onSearch={setSearch} />
          {found.data && (
            <>
              <Facet
                title={trans.__('Kind')}
                counts={found.data.kinds}
                chosen={kind}
                onChoose={setKind}
              />
              <Facet
                title={trans.__('Tag')}
                counts={found.data.tags}
                chosen={tag}
                onChoose={setTag}
              />
            </>
          )}
        </div>
        <div className="spx-Library-found" aria-busy={found.loading}>
          <Await resource={found}>
            {data => (
              <>
                {data.total === 0 && (
                  <Empty text={trans.__('Nothing matches.')}>
                    {(kind || tag) && (
                      <Button label={trans.__('Search all kinds and tags')} onClick={clear} />
                    )}
                  </Empty>
                )}
                <ul className="spx-Cards" aria-label={trans.__('Components')}>
                  {data.items.map(entry => (
                    <Line key={entry.id} entry={entry} />
                  ))}
                </ul>
                <Pager found={data} onPage={setPage} />
              </>
            )}
          </Await>
        </div>
      </div>
    </Frame>
  );
}

function Line(props: { entry: IEntry }): JSX.Element {
  const { trans } = useConsole();
  const { id, name, kind, summary, tags, state } = props.entry;
  return (
    <li className="spx-Card" data-component={id}>
      <h2>
        <PageLink page="component" params={{ component: id }}>
          {name}
        </PageLink>
      </h2>
      <p>{summary}</p>
      <p className="spx-Muted">
        {[kind, ...tags].join(' · ')}
        {state !== 'bundled' && ` · ${stateWords(state, trans)}`}
      </p>
    </li>
  );
}
