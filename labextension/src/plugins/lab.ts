import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CATEGORY, CommandIDs } from '../commands';
import { explain } from '../errors';
import { spikexIcon } from '../icons';
import type { LabSessions, LabTab } from '../lab';
import { labId } from '../lab/code';
import { addToMain } from '../main-area';
import { IFeed, ILabTracker } from '../tokens';

const ID = '@spikex/lab:lab';

/** Opens Labs: one tab per model, found again after a reload. */
export const labPlugin: JupyterFrontEndPlugin<ILabTracker> = {
  id: ID,
  description: 'Opens the Lab of a model in the main area.',
  autoStart: true,
  // The widgets' registry, so that they are registered before the first Lab asks for them.
  requires: [IFeed, IRenderMimeRegistry, IJupyterWidgetRegistry],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer, ISettingRegistry],
  provides: ILabTracker,
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    rendermime: IRenderMimeRegistry,
    _widgets: IJupyterWidgetRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null
  ) => {
    const language = translator ?? nullTranslator;
    const trans = language.load('spikex_lab');
    const { commands, shell, serviceManager } = app;
    const tracker = new WidgetTracker<LabTab>({ namespace: 'spikex-lab' });
    const opening = new Map<string, Promise<LabTab>>();
    let sessions: LabSessions | null = null;

    const open = async (model: string): Promise<LabTab> => {
      const [{ LabTab, LabSessions }, { name }, kernelName] = await Promise.all([
        import('../lab'),
        feed.client.model(model),
        settings?.get(ID, 'kernel').then(({ composite }) => composite as string),
        serviceManager.ready
      ]);
      sessions ??= new LabSessions(serviceManager, rendermime, language);
      const session = sessions.open(model, name, kernelName ?? '');
      const tab = new LabTab({ session, name, commands, translator: language });
      tab.disposed.connect(() => {
        sessions?.close(session).catch(error => {
          Notification.error(explain(error, trans), { autoClose: false });
        });
      });
      let run = tab.content.state?.run;
      tab.content.changed.connect((_, state) => {
        if (state && state.run !== run) {
          run = state.run;
          void feed.refresh(); // others need not wait for their next glance
        }
      });
      await tracker.add(tab);
      addToMain(shell, tab);
      return tab;
    };

    commands.addCommand(CommandIDs.openLab, {
      label: args =>
        args.model || args.isContext ? trans.__('Open in the Lab') : trans.__('Open Model…'),
      caption: trans.__('Open the Lab of a model: its panels in a tab, with a kernel of their own'),
      icon: args => (args.isPalette ? undefined : spikexIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            model: { type: 'string', description: trans.__('Id of the model; asks without') },
            isContext: { type: 'boolean', description: trans.__('Of the entry clicked at') },
            isPalette: { type: 'boolean', description: trans.__('Called from the palette') }
          }
        }
      },
      execute: async args => {
        try {
          const clicked = args.isContext
            ? app.contextMenuHitTest(({ dataset }) => dataset.model !== undefined)?.dataset.model
            : undefined;
          const model = (args.model as string | undefined) ?? clicked ?? (await choose());
          if (!model) {
            return null;
          }
          const id = labId(model);
          let tab = tracker.find(other => other.id === id);
          if (!tab) {
            const opened = opening.get(model) ?? open(model);
            opening.set(model, opened);
            tab = await opened.finally(() => opening.delete(model));
          }
          shell.activateById(id);
          return tab;
        } catch (error) {
          Notification.error(explain(error, trans), { autoClose: false });
          return null;
        }
      }
    });

    async function choose(): Promise<string | null> {
      const { askModel } = await import('../models/choose');
      return (await askModel(feed.client, trans))?.id ?? null;
    }

    const restoring = restorer?.restore(tracker, {
      command: CommandIDs.openLab,
      args: tab => ({ model: tab.model }),
      name: tab => tab.model
    });
    // A layout that was saved while nothing had the focus names no current widget: the Lab in sight
    // would then take neither keys nor commands.
    void Promise.all([app.restored, restoring]).then(() => {
      const inSight = tracker.find(tab => tab.isVisible);
      if (inSight && !shell.currentWidget) {
        shell.activateById(inSight.id);
      }
    });
    palette?.addItem({
      command: CommandIDs.openLab,
      args: { isPalette: true },
      category: CATEGORY
    });
    return tracker;
  }
};
