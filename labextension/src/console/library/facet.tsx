import React from 'react';

import { useConsole } from '../context';

/** How many values are shown before one asks for the others. */
const SHOWN = 12;

/** What the found can be narrowed by: each value with how many there are; one may be chosen. */
export function Facet(props: {
  title: string;
  counts: Record<string, number>;
  /** Empty: none. */
  chosen: string;
  onChoose: (value: string) => void;
}): JSX.Element | null {
  const { trans } = useConsole();
  const { title, counts, chosen, onChoose } = props;
  const [all, setAll] = React.useState(false);
  const id = React.useId();
  const values = Object.entries(counts).sort(
    ([one, a], [other, b]) => b - a || one.localeCompare(other)
  );
  if (chosen && !(chosen in counts)) {
    values.unshift([chosen, 0]);
  }
  const shown = all ? values : values.filter(([value], at) => at < SHOWN || value === chosen);
  if (values.length === 0) {
    return null;
  }
  return (
    <section className="spx-Facet" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul>
        {shown.map(([value, count]) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={value === chosen}
              onClick={() => onChoose(value === chosen ? '' : value)}
            >
              <span>{value}</span> <span className="spx-Muted">{count}</span>
            </button>
          </li>
        ))}
      </ul>
      {values.length > SHOWN && (
        <button type="button" className="spx-Link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? trans.__('fewer') : trans.__('all %1', values.length)}
        </button>
      )}
    </section>
  );
}
