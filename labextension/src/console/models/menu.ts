import { CommandIDs } from '../../commands';
import type { MenuEntry } from '../parts/menu';

/** What can be done with a model. */
export function modelMenu(id: string, name: string): MenuEntry[] {
  const model = id;
  return [
    { command: CommandIDs.openLab, args: { model } },
    { command: CommandIDs.insertModelCode, args: { model: name } },
    null,
    { command: CommandIDs.renameModel, args: { model } },
    { command: CommandIDs.duplicateModel, args: { model } },
    { command: CommandIDs.exportModel, args: { model, format: 'yaml' } },
    { command: CommandIDs.exportModel, args: { model, format: 'json' } },
    null,
    { command: CommandIDs.deleteModel, args: { model } }
  ];
}
