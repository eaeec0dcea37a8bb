import { InputGroup, searchIcon } from '@jupyterlab/ui-components';
import React from 'react';

/** How long to wait, in ms, for the next letter before the server is asked. */
const PAUSE = 200;

/** A search box that reports what is typed once the typing rests. */
export function SearchBox(props: { label: string; onSearch: (text: string) => void }): JSX.Element {
  const { label, onSearch } = props;
  const [text, setText] = React.useState('');
  React.useEffect(() => {
    const timer = window.setTimeout(() => onSearch(text.trim()), PAUSE);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <div className="spx-Search">
      <InputGroup
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={200}
        onChange={event => setText(event.target.value)}
        rightIcon={searchIcon}
      />
    </div>
  );
}
