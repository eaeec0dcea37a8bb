import { CommandIDs } from '../../commands';
import type { RunFormat } from '../../client';
import { actions } from '../../sidebar/describe';
import { isLive, type IRunItem } from '../../types';
import type { MenuEntry } from '../parts/menu';

/** In which forms a run can be taken away: before its end, only what was asked for. */
function formats(run: IRunItem): RunFormat[] {
  return run.state === 'finished'
    ? ['safetensors', 'pth', 'yaml', 'json', 'bundle']
    : ['yaml', 'json'];
}

/** What can be done with a run as it is now. */
export function runMenu(item: IRunItem): MenuEntry[] {
  const run = item.id;
  return [
    ...actions(item.state).map(action => ({
      command: CommandIDs.controlRun,
      args: { run, action }
    })),
    { command: CommandIDs.insertRunCode, args: { run } },
    null,
    ...formats(item).map(format => ({ command: CommandIDs.exportRun, args: { run, format } })),
    ...(isLive(item) ? [] : [null, { command: CommandIDs.deleteRun, args: { run } }])
  ];
}
