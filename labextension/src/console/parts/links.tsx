import React from 'react';

import { useConsole, type Params } from '../context';

/** The way to another page of the Console. */
export function PageLink(props: {
  page: string;
  params?: Params;
  title?: string;
  children: React.ReactNode;
}): JSX.Element {
  const { open } = useConsole();
  const { page, params, title, children } = props;
  return (
    <button type="button" className="spx-Link" title={title} onClick={() => open(page, params)}>
      {children}
    </button>
  );
}
