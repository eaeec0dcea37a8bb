import React from 'react';

export interface ITab {
  id: string;
  label: string;
  content: () => React.ReactNode;
}

/** Tabs, one of them open; the arrow keys, Home and End walk them. */
export function Tabs(props: {
  label: string;
  tabs: readonly ITab[];
  /** Shown beside the tabs, for the one that is open. */
  tools?: (id: string) => React.ReactNode;
}): JSX.Element {
  const { label, tabs, tools } = props;
  const [open, setOpen] = React.useState(tabs[0].id);
  const base = React.useId();
  const list = React.useRef<HTMLDivElement>(null);
  const current = tabs.find(({ id }) => id === open) ?? tabs[0];
  const walk = (event: React.KeyboardEvent): void => {
    const at = tabs.indexOf(current);
    const places = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 };
    const next = places[event.key as keyof typeof places];
    if (next !== undefined) {
      event.preventDefault();
      const place = (next + tabs.length) % tabs.length;
      setOpen(tabs[place].id);
      list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[place].focus();
    }
  };
  return (
    <div className="spx-Tabs">
      <div className="spx-Tabs-head">
        <div role="tablist" aria-label={label} ref={list} onKeyDown={walk}>
          {tabs.map(({ id, label: name }) => (
            <button
              key={id}
              type="button"
              role="tab"
              id={`${base}-${id}`}
              className="spx-Tab"
              aria-selected={id === current.id}
              aria-controls={`${base}-panel`}
              tabIndex={id === current.id ? 0 : -1}
              onClick={() => setOpen(id)}
            >
              {name}
            </button>
          ))}
        </div>
        {tools?.(current.id)}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${current.id}`}>
        {current.content()}
      </div>
    </div>
  );
}
