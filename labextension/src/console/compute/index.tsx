import React from 'react';

import type { ITarget, ITargetCheck } from '../../types';
import { useConsole } from '../context';
import { Meters, useSystem } from '../dashboard/resources';
import { bytes } from '../format';
import { Button } from '../parts/buttons';
import { Frame, Section } from '../parts/frame';
import { Await, Failure } from '../parts/states';
import { useResource } from '../resource';

/** Where runs go: this machine as it is now, and the targets. */
export default function Compute(): JSX.Element {
  const { client, trans } = useConsole();
  const system = useSystem();
  const targets = useResource(() => client.targets(), []);
  return (
    <Frame title={trans.__('Compute')}>
      <Section title={trans.__('This machine')}>
        <Await resource={system}>
          {found => (
            <>
              <Meters system={found} />
              <p>{found.platform}</p>
            </>
          )}
        </Await>
      </Section>
      <Section title={trans.__('Devices')}>
        <Await resource={system}>
          {found => (
            <>
              {found.devices_error && (
                <div className="spx-Error" role="alert">
                  {found.devices_error}
                </div>
              )}
              <ul className="spx-Cards" aria-label={trans.__('Devices of this machine')}>
                {found.devices.map(({ name, kind, label, memory }) => (
                  <li key={name} className="spx-Card">
                    <b>{name}</b>
                    <span>{label}</span>
                    <span>{memory === null ? kind : `${kind}, ${bytes(memory)}`}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Await>
      </Section>
      <Section title={trans.__('Targets')}>
        <Await resource={targets}>
          {({ items }) => (
            <ul className="spx-Cards" aria-label={trans.__('Targets')}>
              {items.map(target => (
                <TargetCard key={target.id} target={target} />
              ))}
            </ul>
          )}
        </Await>
      </Section>
    </Frame>
  );
}

function TargetCard({ target }: { target: ITarget }): JSX.Element {
  const { client, trans } = useConsole();
  const [busy, setBusy] = React.useState(false);
  const [found, setFound] = React.useState<ITargetCheck | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const check = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setFound(await client.checkTarget(target.id));
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="spx-Card">
      <b>{target.name}</b>
      <span>{target.kind}</span>
      <Button
        label={busy ? trans.__('Checking…') : trans.__('Check')}
        title={trans.__('See whether runs can go to %1', target.name)}
        disabled={busy}
        onClick={() => void check()}
      />
      <span role="status">{found?.ok && ready(found, trans)}</span>
      {found && !found.ok && (
        <div className="spx-Error" role="alert">
          {found.error}
        </div>
      )}
      {error !== null && <Failure error={error} />}
    </li>
  );
}

function ready(found: ITargetCheck, trans: ReturnType<typeof useConsole>['trans']): string {
  const devices = found.devices.map(({ name }) => name).join(', ');
  return trans._n(
    'Ready: %1 run at a time, on %2',
    'Ready: %1 runs at a time, on %2',
    found.slots,
    devices
  );
}
