import React from 'react';

/** The frame of a page: its title, a toolbar beside it, the content below. */
export function Frame(props: {
  title: React.ReactNode;
  /** What the toolbar is to a screen reader; needed where there are tools. */
  toolsLabel?: string;
  tools?: React.ReactNode;
  children: React.ReactNode;
}): JSX.Element {
  const { title, toolsLabel, tools, children } = props;
  return (
    <div className="spx-Page">
      <header className="spx-Page-header">
        <h1>{title}</h1>
        {tools && (
          <div className="spx-Page-tools" role="group" aria-label={toolsLabel}>
            {tools}
          </div>
        )}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a heading of its own. */
export function Section(props: {
  title: string;
  tools?: React.ReactNode;
  children: React.ReactNode;
}): JSX.Element {
  const id = React.useId();
  return (
    <section className="spx-Part" aria-labelledby={id}>
      <div className="spx-Part-header">
        <h2 id={id}>{props.title}</h2>
        {props.tools}
      </div>
      {props.children}
    </section>
  );
}
