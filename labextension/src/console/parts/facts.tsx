import React from 'react';

/** What something is, as names and values: a list of `Fact`. */
export function Facts(props: { children: React.ReactNode }): JSX.Element {
  return <dl className="spx-Facts">{props.children}</dl>;
}

export function Fact(props: { name: string; children: React.ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
