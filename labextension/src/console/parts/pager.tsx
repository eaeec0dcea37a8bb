import { caretLeftIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IPage } from '../../types';
import { useConsole } from '../context';
import { Button } from './buttons';

/** Which rows are shown of how many, and the way to the others. */
export function Pager(props: {
  found: IPage<unknown>;
  onPage: (page: number) => void;
}): JSX.Element | null {
  const { trans } = useConsole();
  const { items, total, page, page_size: size } = props.found;
  const pages = Math.max(1, Math.ceil(total / size));
  React.useEffect(() => {
    if (page > pages) {
      props.onPage(pages); // the rows of the last page have been deleted
    }
  }, [page, pages]);
  if (total === 0) {
    return null;
  }
  const first = (page - 1) * size + 1;
  return (
    <div className="spx-Pager">
      <span role="status">
        {trans.__('%1–%2 of %3', first, first + items.length - 1, total.toLocaleString())}
      </span>
      {pages > 1 && (
        <>
          <Button
            label={trans.__('Previous page')}
            icon={caretLeftIcon}
            quiet
            disabled={page <= 1}
            onClick={() => props.onPage(page - 1)}
          />
          <Button
            label={trans.__('Next page')}
            icon={caretRightIcon}
            quiet
            disabled={page >= pages}
            onClick={() => props.onPage(page + 1)}
          />
        </>
      )}
    </div>
  );
}
