import React from 'react';

import type { IComponent } from '../../types';
import { useConsole } from '../context';
import { Section } from '../parts/frame';

/** What the last check of a component found: what it agrees with, and how nearly. */
export function Agreement(props: { component: IComponent }): JSX.Element | null {
  const { trans } = useConsole();
  const { agreement, conformance } = props.component;
  const checks = (conformance?.checks ?? []) as ICheck[];
  const faults = checks.filter(({ ok, skipped }) => !ok && !skipped);
  if (agreement.length === 0 && checks.length === 0) {
    return null;
  }
  const passed = checks.filter(({ ok, skipped }) => ok && !skipped).length;
  const [first, ...others] = agreement;
  return (
    <Section title={trans.__('Conformance')}>
      <p>
        {trans._n('%1 check passed', '%1 checks passed', passed)}
        {faults.length > 0 && `, ${trans._n('%1 failed', '%1 failed', faults.length)}`}.
      </p>
      {faults.length > 0 && (
        <ul className="spx-Checks">
          {faults.map(({ name, message }) => (
            <li key={name}>
              <Mark ok={false} /> {name} <span className="spx-Muted">{message}</span>
            </li>
          ))}
        </ul>
      )}
      {first && (
        <ul className="spx-Checks">
          <Line {...first} />
        </ul>
      )}
      {others.length > 0 && (
        <details>
          <summary>{trans._n('%1 more comparison', '%1 more comparisons', others.length)}</summary>
          <ul className="spx-Checks">
            {others.map((one, index) => (
              <Line key={index} {...one} />
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

interface ICheck {
  name: string;
  ok: boolean;
  skipped?: boolean;
  message?: string;
}

function Line(props: { ok: boolean; text: string; quantity: string }): JSX.Element {
  const { ok, text, quantity } = props;
  return (
    <li>
      <Mark ok={ok} /> {text} <span className="spx-Muted">{quantity}</span>
    </li>
  );
}

function Mark(props: { ok: boolean }): JSX.Element {
  const { trans } = useConsole();
  const { ok } = props;
  return (
    <span className={ok ? 'spx-mod-ok' : 'spx-mod-wrong'}>
      <span aria-hidden="true">{ok ? '✓' : '✗'}</span>
      <span className="spx-ForReaders">{ok ? trans.__('passed:') : trans.__('failed:')}</span>
    </span>
  );
}
