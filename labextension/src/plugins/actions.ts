import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  LabIcon,
  deleteIcon,
  downloadIcon,
  duplicateIcon,
  editIcon
} from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { ModelFormat, RunFormat } from '../client';
import { CommandIDs } from '../commands';
import { explain } from '../errors';
import { IFeed } from '../tokens';

interface IActionCommand {
  id: string;
  label: string;
  caption: string;
  icon: LabIcon;
  /** What the command is about: the argument that holds its id. */
  subject: 'model' | 'run';
  /** The forms to choose from, where it takes one. */
  formats?: readonly string[];
  act: (id: string, format: string) => Promise<void>;
}

/** Commands that rename, duplicate, export and delete models, and export and delete runs. */
export const actionsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:actions',
  description: 'Renames, duplicates, exports and deletes models; exports and deletes runs.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, feed: IFeed, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const models = (): Promise<typeof import('../actions/models')> => import('../actions/models');
    const runs = (): Promise<typeof import('../actions/runs')> => import('../actions/runs');
    const actions: IActionCommand[] = [
      {
        id: CommandIDs.renameModel,
        label: trans.__('Rename…'),
        caption: trans.__('Give the model another name'),
        icon: editIcon,
        subject: 'model',
        act: async id => (await models()).renameModel(id, feed, trans)
      },
      {
        id: CommandIDs.duplicateModel,
        label: trans.__('Duplicate…'),
        caption: trans.__('Copy the model under another name'),
        icon: duplicateIcon,
        subject: 'model',
        act: async id => (await models()).duplicateModel(id, feed, trans)
      },
      {
        id: CommandIDs.exportModel,
        label: trans.__('Export as %1'),
        caption: trans.__('Save the model as a file'),
        icon: downloadIcon,
        subject: 'model',
        formats: ['yaml', 'json'] satisfies ModelFormat[],
        act: async (id, format) => (await models()).exportModel(id, format as ModelFormat, feed)
      },
      {
        id: CommandIDs.deleteModel,
        label: trans.__('Delete…'),
        caption: trans.__('Delete the model; its runs stay'),
        icon: deleteIcon,
        subject: 'model',
        act: async id => (await models()).deleteModel(id, feed, trans)
      },
      {
        id: CommandIDs.exportRun,
        label: trans.__('Export as %1'),
        caption: trans.__('Save what the run made as a file'),
        icon: downloadIcon,
        subject: 'run',
        formats: ['safetensors', 'pth', 'yaml', 'json', 'bundle'] satisfies RunFormat[],
        act: async (id, format) => (await runs()).exportRun(id, format as RunFormat, feed)
      },
      {
        id: CommandIDs.deleteRun,
        label: trans.__('Delete…'),
        caption: trans.__('Delete the run with its files'),
        icon: deleteIcon,
        subject: 'run',
        act: async id => (await runs()).deleteRun(id, feed, trans)
      }
    ];
    const ids = { model: trans.__('Id of the model'), run: trans.__('Id of the run') };
    for (const { id, label, caption, icon, subject, formats, act } of actions) {
      const format = (args: ReadonlyPartialJSONObject): string =>
        (args.format as string | undefined) ?? formats?.[0] ?? '';
      app.commands.addCommand(id, {
        label: args => label.replace('%1', format(args)),
        caption,
        icon,
        describedBy: {
          args: {
            type: 'object',
            properties: {
              [subject]: { type: 'string', description: ids[subject] },
              ...(formats && { format: { type: 'string', enum: [...formats] } })
            },
            required: [subject]
          }
        },
        isEnabled: args =>
          typeof args[subject] === 'string' && (!formats || formats.includes(format(args))),
        execute: async args => {
          try {
            await act(args[subject] as string, format(args));
          } catch (error) {
            Notification.error(explain(error, trans), { autoClose: false });
          }
        }
      });
    }
  }
};
