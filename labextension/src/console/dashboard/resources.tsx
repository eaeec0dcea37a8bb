import React from 'react';

import type { ISystem } from '../../types';
import { useConsole } from '../context';
import { bytes } from '../format';
import { Section } from '../parts/frame';
import { Meter } from '../parts/meter';
import { Await } from '../parts/states';
import { useResource } from '../resource';

/** How often to look at the machine, in ms. */
const INTERVAL = 2000;

/** What this server runs on, as it is now. */
export function useSystem(): ReturnType<typeof useResource<ISystem>> {
  const { client } = useConsole();
  return useResource(() => client.system(), [], INTERVAL);
}

/** Meters of the machine: processor, memory, disk, what the store takes. */
export function Resources(): JSX.Element {
  const { trans } = useConsole();
  const system = useSystem();
  return (
    <Section title={trans.__('This machine')}>
      <Await resource={system}>{found => <Meters system={found} />}</Await>
    </Section>
  );
}

export function Meters({ system }: { system: ISystem }): JSX.Element {
  const { trans } = useConsole();
  const { cpu, memory, disk } = system;
  const used = memory.total - memory.available;
  const of = (part: number, whole: number): string =>
    trans.__('%1 of %2', bytes(part), bytes(whole));
  return (
    <div className="spx-Grid spx-mod-small">
      <Meter
        label={trans.__('Processor')}
        share={cpu.percent / 100}
        text={trans._n('%2 % of %1 core', '%2 % of %1 cores', cpu.count, Math.round(cpu.percent))}
      />
      <Meter label={trans.__('Memory')} share={used / memory.total} text={of(used, memory.total)} />
      <Meter
        label={trans.__('Disk')}
        share={(disk.total - disk.free) / disk.total}
        text={of(disk.total - disk.free, disk.total)}
      />
      <Meter
        label={trans.__('Stored here')}
        share={disk.objects / disk.total}
        text={bytes(disk.objects)}
      />
    </div>
  );
}
