import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IListQuery } from '../../client';
import type { IPage } from '../../types';
import { useConsole } from '../context';
import type { IResource } from '../resource';
import { useResource } from '../resource';
import { Pager } from './pager';
import { SearchBox } from './search';
import { Empty, Failure, Loading } from './states';

/** A column of a table. */
export interface IColumn<T> {
  id: string;
  label: string;
  render: (row: T) => React.ReactNode;
  /** The field that the server sorts by; without it the column cannot be sorted. */
  sort?: string;
  /** Numbers stand to the right. */
  numeric?: boolean;
}

export interface ITableProps<T> {
  /** What the table is to a screen reader. */
  label: string;
  columns: readonly IColumn<T>[];
  load: (query: IListQuery) => Promise<IPage<T>>;
  /** What else the rows depend on, such as a filter. */
  deps?: React.DependencyList;
  /** `-` before the field's name for falling order. */
  defaultSort: string;
  /** The words in the empty search box; without them there is none. */
  searchLabel?: string;
  /** Further controls beside the search box. */
  filters?: React.ReactNode;
  /** Shown when there is nothing, and nothing was searched for. */
  empty: React.ReactNode;
  rowKey: (row: T) => string;
  rowClass?: (row: T) => string;
  /** Rows that are ticked; without it nothing can be. */
  selection?: ISelection<T>;
  /** How often to ask again, in ms, for these rows; null: not by itself. */
  interval?: (rows: readonly T[]) => number | null;
}

export interface ISelection<T> {
  keys: ReadonlySet<string>;
  toggle: (row: T) => void;
  label: (row: T) => string;
}

/**
 * A table whose rows the server sorts, searches and pages. The Tab key walks its controls; the up
 * and down arrows go from row to row in the same column.
 */
export function Table<T>(props: ITableProps<T>): JSX.Element {
  const { feed, trans } = useConsole();
  const { columns, load, deps = [], searchLabel, filters, selection, rowKey, rowClass } = props;
  const [search, setSearch] = React.useState('');
  const [sort, setSort] = React.useState(props.defaultSort);
  const [page, setPage] = React.useState(1);
  const [interval, setInterval] = React.useState<number | null>(null);
  const found = useResource(
    () => load({ page, page_size: feed.pageSize, sort, search }),
    [...deps, page, sort, search],
    interval
  );
  React.useEffect(() => setPage(1), [...deps, sort, search]);
  const rows = found.data?.items ?? [];
  const wanted = props.interval?.(rows) ?? null;
  React.useEffect(() => setInterval(wanted), [wanted]);

  return (
    <div className="spx-TableBox">
      {(searchLabel || filters) && (
        <div className="spx-TableBox-tools">
          {searchLabel && <SearchBox label={searchLabel} onSearch={setSearch} />}
          {filters}
        </div>
      )}
      {found.error !== null && <Failure error={found.error} retry={found.reload} />}
      {state(found, search !== '', props.empty, trans.__('Nothing matches.'))}
      {rows.length > 0 && (
        <div className="spx-Table-scroll">
          <table className="spx-Table" aria-label={props.label} aria-busy={found.loading}>
            <thead>
              <tr>
                {selection && (
                  <th>
                    <span className="spx-ForReaders">{trans.__('Selected')}</span>
                  </th>
                )}
                {columns.map(column => (
                  <Head key={column.id} column={column} sort={sort} onSort={setSort} />
                ))}
              </tr>
            </thead>
            <tbody onKeyDown={walkRows}>
              {rows.map(row => (
                <tr key={rowKey(row)} className={rowClass?.(row)} data-key={rowKey(row)}>
                  {selection && (
                    <td className="spx-Table-tick">
                      <input
                        type="checkbox"
                        aria-label={selection.label(row)}
                        checked={selection.keys.has(rowKey(row))}
                        onChange={() => selection.toggle(row)}
                      />
                    </td>
                  )}
                  {columns.map(column => (
                    <td key={column.id} className={column.numeric ? 'spx-mod-numeric' : undefined}>
                      {column.render(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.data && <Pager found={found.data} onPage={setPage} />}
    </div>
  );
}

function state<T>(
  found: IResource<IPage<T>>,
  searched: boolean,
  empty: React.ReactNode,
  nothing: string
): React.ReactNode {
  if (found.data === null) {
    return found.error === null && <Loading />;
  }
  if (found.data.total > 0) {
    return null;
  }
  return searched ? <Empty text={nothing} /> : empty;
}

function Head<T>(props: {
  column: IColumn<T>;
  sort: string;
  onSort: (sort: string) => void;
}): JSX.Element {
  const { column, sort, onSort } = props;
  const field = column.sort;
  const style = column.numeric ? 'spx-mod-numeric' : undefined;
  if (!field) {
    return (
      <th scope="col" className={style}>
        {column.label}
      </th>
    );
  }
  const rising = sort === field;
  const falling = sort === `-${field}`;
  const order = rising ? 'ascending' : falling ? 'descending' : 'none';
  const Mark = rising ? caretUpIcon : caretDownIcon;
  return (
    <th scope="col" className={style} aria-sort={order}>
      <button className="spx-Table-sort" onClick={() => onSort(rising ? `-${field}` : field)}>
        {column.label}
        {(rising || falling) && <Mark.react tag="span" elementSize="small" />}
      </button>
    </th>
  );
}

/** Move the focus to the control at the same place in the next or the previous row. */
function walkRows(event: React.KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const control = event.target as HTMLElement;
  const row = control.closest('tr');
  if (!step || !row?.parentElement) {
    return;
  }
  const controls = (line: Element): HTMLElement[] =>
    Array.from(line.querySelectorAll<HTMLElement>('a, button, input'));
  const lines = Array.from(row.parentElement.children);
  const next = lines[lines.indexOf(row) + step];
  if (next) {
    event.preventDefault();
    controls(next)[controls(row).indexOf(control)]?.focus();
  }
}
