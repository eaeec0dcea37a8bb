import React from 'react';

import { useConsole } from '../context';
import { compare } from '../flatten';

/** Things side by side, value by value: those that differ are marked, the others shown on demand. */
export function Differences(props: {
  label: string;
  /** One heading for each thing. */
  heads: readonly React.ReactNode[];
  things: readonly unknown[];
}): JSX.Element {
  const { trans } = useConsole();
  const { label, heads, things } = props;
  const [all, setAll] = React.useState(false);
  const rows = compare(things);
  const differing = rows.filter(row => row.differs);
  const shown = all ? rows : differing;
  return (
    <>
      <label className="spx-Check">
        <input type="checkbox" checked={all} onChange={event => setAll(event.target.checked)} />
        {trans.__('Show what is equal too')}
      </label>
      {shown.length === 0 ? (
        <p>{trans.__('They are equal.')}</p>
      ) : (
        <div className="spx-Table-scroll" tabIndex={0} role="region" aria-label={label}>
          <table className="spx-Table spx-Differences" aria-label={label}>
            <thead>
              <tr>
                <th scope="col">{trans.__('Parameter')}</th>
                {heads.map((head, index) => (
                  <th key={index} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ path, values, differs }) => (
                <tr key={path} className={differs ? 'spx-mod-differs' : undefined}>
                  <th scope="row">
                    {path}
                    {differs && all && (
                      <span className="spx-Mark">
                        {' '}
                        <span aria-hidden="true">≠</span>
                        <span className="spx-ForReaders">{trans.__('differs')}</span>
                      </span>
                    )}
                  </th>
                  {values.map((value, index) => (
                    <td key={index}>{value ?? '–'}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
