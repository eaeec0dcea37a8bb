import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ILauncher } from '@jupyterlab/launcher';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { settingsIcon } from '@jupyterlab/ui-components';

import { CATEGORY, CommandIDs } from '../commands';
import type { Params } from '../console/context';
import { pageId, pages } from '../console/pages';
import type { PageWidget } from '../console/widget';
import { explain } from '../errors';
import { spikexCardIcon } from '../icons';
import { addToMain } from '../main-area';
import { IFeed } from '../tokens';

const ID = '@spikex/lab:console';

/** The Console: pages in the main area, restored after a reload. */
export const consolePlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Opens the pages of the SPIKE-X Console in the main area.',
  autoStart: true,
  requires: [IFeed],
  optional: [
    ITranslator,
    ICommandPalette,
    ILayoutRestorer,
    ISettingRegistry,
    IEditorServices,
    IRenderMimeRegistry,
    ILauncher
  ],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    editors: IEditorServices | null,
    rendermime: IRenderMimeRegistry | null,
    launcher: ILauncher | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const { commands, shell } = app;
    const definitions = pages(trans);
    const tracker = new WidgetTracker<PageWidget>({ namespace: 'spikex-console' });

    const execute = (command: string, args = {}): void => {
      commands.execute(command, args).catch(error => {
        Notification.error(explain(error, trans), { autoClose: false });
      });
    };
    const open = (page: string, params: Params = {}): void =>
      execute(CommandIDs.openConsole, { page, params });
    const services = {
      client: feed.client,
      feed,
      commands,
      trans,
      editors,
      rendermime,
      execute,
      open
    };

    commands.addCommand(CommandIDs.openConsole, {
      label: args =>
        definitions.find(({ id }) => id === args.page)?.label ??
        (args.isLauncher ? trans.__('Open Console') : trans.__('Open the Console')),
      caption: args =>
        definitions.find(({ id }) => id === args.page)?.caption ??
        trans.__('Open a page of the SPIKE-X Console'),
      icon: args =>
        args.isLauncher ? spikexCardIcon : definitions.find(({ id }) => id === args.page)?.icon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            isLauncher: { type: 'boolean', description: trans.__('Called from the launcher') },
            page: {
              type: 'string',
              enum: definitions.map(({ id }) => id),
              description: trans.__('Which page; the home page by default')
            },
            params: {
              type: 'object',
              additionalProperties: { type: 'string' },
              description: trans.__('What tells the page apart, such as the id of a run')
            }
          }
        }
      },
      execute: async args => {
        const page = (args.page as string | undefined) ?? 'home';
        const params = (args.params as Params | undefined) ?? {};
        const definition = definitions.find(({ id }) => id === page);
        if (!definition) {
          const known = definitions.map(({ id }) => id).join(', ');
          throw new Error(trans.__('The Console has no page "%1". It has: %2.', page, known));
        }
        const missing = definition.needs.filter(name => !params[name]);
        if (missing.length > 0) {
          throw new Error(
            trans.__('The page "%1" needs the parameter "%2".', page, missing.join('", "'))
          );
        }
        const id = pageId(page, params);
        let widget = tracker.find(other => other.id === id);
        if (!widget) {
          const { Page, PageWidget } = await import('../console/widget');
          widget = new PageWidget(new Page(definition, params, services), id);
          await tracker.add(widget);
          addToMain(shell, widget);
        }
        shell.activateById(id);
        return widget;
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.openConsole,
      args: ({ content }) => ({ page: content.definition.id, params: content.params }),
      name: widget => widget.id
    });

    commands.addCommand(CommandIDs.openSettings, {
      label: trans.__('SPIKE-X Settings'),
      caption: trans.__('Open the settings of SPIKE-X Lab'),
      icon: settingsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => commands.hasCommand('settingeditor:open'),
      execute: () => commands.execute('settingeditor:open', { query: 'SPIKE-X' })
    });

    for (const { id, needs } of definitions) {
      if (needs.length === 0) {
        palette?.addItem({
          command: CommandIDs.openConsole,
          args: { page: id },
          category: trans.__('SPIKE-X Console')
        });
      }
    }
    palette?.addItem({ command: CommandIDs.openSettings, category: CATEGORY });
    launcher?.add({
      command: CommandIDs.openConsole,
      args: { isLauncher: true },
      category: CATEGORY,
      rank: -1
    });

    void Promise.all([settings?.load(ID), app.restored]).then(([plugin]) => {
      if (!plugin) {
        return;
      }
      const apply = (): void => {
        feed.pageSize = plugin.get('pageSize').composite as number;
      };
      plugin.changed.connect(apply);
      apply();
      if (plugin.get('openAtStart').composite === true && tracker.size === 0) {
        open('home');
      }
    });
  }
};
