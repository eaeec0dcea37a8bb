import React from 'react';

import type { IComponent, IParameter } from '../../types';
import { useConsole } from '../context';
import { Section } from '../parts/frame';
import { MathML } from '../parts/mathml';
import { interval, shortest } from './playground/range';
import { unitOf } from './playground/rows';

/** Parameters, states and inputs of a component, each with its symbol, unit and meaning. */
export function Quantities(props: { component: IComponent }): JSX.Element {
  const { trans } = useConsole();
  const { symbols, definition } = props.component;
  const { parameters = {}, state = {}, inputs = {} } = definition;
  const tables: [string, Row[], boolean][] = [
    [trans.__('Parameters'), Object.entries(parameters), true],
    [trans.__('States'), Object.entries(state), false],
    [trans.__('Inputs'), Object.entries(inputs), false]
  ];
  return (
    <>
      {tables
        .filter(([, rows]) => rows.length > 0)
        .map(([title, rows, ranged]) => (
          <Section key={title} title={title}>
            <div className="spx-Table-scroll">
              <table className="spx-Table" aria-label={title}>
                <thead>
                  <tr>
                    <th scope="col">{trans.__('Symbol')}</th>
                    <th scope="col">{trans.__('Name')}</th>
                    {ranged && <th scope="col">{trans.__('Default')}</th>}
                    <th scope="col">{trans.__('Unit')}</th>
                    {ranged && <th scope="col">{trans.__('Allowed')}</th>}
                    <th scope="col">{trans.__('Meaning')}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map(([name, row]) => (
                    <tr key={name}>
                      <td>{symbols[name] && <MathML source={symbols[name]} inline />}</td>
                      <td>
                        <code>{name}</code>
                      </td>
                      {ranged && <td>{shown((row as IParameter).value)}</td>}
                      <td>{unitOf(row.unit)}</td>
                      {ranged && <td>{allowed(row as IParameter)}</td>}
                      <td>
                        {row.doc}
                        {ranged && (row as IParameter).trainable && (
                          <span className="spx-Muted"> {trans.__('Can be trained.')}</span>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Section>
        ))}
    </>
  );
}

type Row = [string, { unit: string; doc: string }];

function shown(value: IParameter['value']): string {
  return typeof value === 'number' ? shortest(value) : value === null ? '–' : String(value);
}

/** What a parameter may be, as an interval or as a list. */
function allowed({ range, exclusive, choices }: IParameter): string {
  if (choices) {
    return choices.join(', ');
  }
  return range ? interval(range[0], range[1], exclusive) : '';
}
