import React from 'react';

import changelog from '../../../../CHANGELOG.md';
import { useConsole } from '../context';

/** How many of the newest changes are shown. */
const MOST = 8;

/** The newest entries of the changelog, which the build takes in. */
export function News(): JSX.Element {
  const { trans } = useConsole();
  return (
    <ul className="spx-News" aria-label={trans.__('Changes')}>
      {entries(changelog)
        .slice(-MOST)
        .reverse()
        .map(entry => (
          <li key={entry}>{marked(entry)}</li>
        ))}
    </ul>
  );
}

/** What has been added in the newest version, oldest first: the bullets under its first heading. */
function entries(text: string): string[] {
  const added = text.split(/^### /m)[1] ?? '';
  return added
    .split(/^- /m)
    .slice(1)
    .map(entry => entry.replace(/\s+/g, ' ').trim());
}

/** Text with its `code` set as code; all else is plain. */
function marked(entry: string): React.ReactNode[] {
  return entry
    .split('`')
    .map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part));
}
