import { Widget } from '@lumino/widgets';
import React from 'react';

/**
 * A widget of JupyterLab inside a page, made when `deps` change and disposed of with its place.
 *
 * @param create - null: nothing is shown.
 */
export function Hosted(props: {
  create: () => Widget | null;
  deps: React.DependencyList;
  className?: string;
}): JSX.Element {
  const place = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    const widget = props.create();
    if (widget && place.current) {
      Widget.attach(widget, place.current);
    }
    return () => widget?.dispose();
  }, props.deps);
  return <div ref={place} className={props.className} />;
}
