import { CommandToolbarButton } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ReactWidget, SidePanel, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { CommandIDs } from '../commands';
import { spikexIcon } from '../icons';
import type { IFeed, IOverview } from '../tokens';
import { Header } from './header';
import { Menu } from './menu';
import { ModelList } from './models';
import { RunList } from './runs';

/** What every part of the side bar is given. */
export interface ISectionProps {
  overview: IOverview;
  trans: TranslationBundle;
  /** Execute one of our commands. */
  execute: (command: string, args?: Record<string, string>) => void;
}

type Section = (props: ISectionProps) => JSX.Element;

/** The left side bar: the Console's menu, runs, models. Asks the server only while visible. */
export class Sidebar extends SidePanel {
  constructor(options: {
    feed: IFeed;
    commands: CommandRegistry;
    shell: JupyterFrontEnd.IShell;
    translator: ITranslator;
  }) {
    super({ translator: options.translator });
    const { feed, commands, shell, translator } = options;
    const trans = translator.load('spikex_lab');
    this._feed = feed;
    this.id = 'spikex-sidebar';
    this.addClass('spx-Sidebar');
    this.title.icon = spikexIcon;
    this.title.caption = trans.__('SPIKE-X: models and runs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('SPIKE-X models and runs'));

    const execute = (command: string, args?: Record<string, string>): void => {
      void commands.execute(command, args);
    };
    const section = (Content: Section, label?: string): ReactWidget => {
      const widget = ReactWidget.create(
        <UseSignal signal={feed.changed} initialSender={feed}>
          {() => <Content overview={feed.overview} trans={trans} execute={execute} />}
        </UseSignal>
      );
      widget.title.label = label ?? '';
      return widget;
    };
    this.header.addWidget(section(Header));
    this.toolbar.addItem(
      'refresh',
      new CommandToolbarButton({
        commands,
        id: CommandIDs.refresh,
        args: { isToolbar: true }
      })
    );
    this.toolbar.node.setAttribute('aria-label', trans.__('SPIKE-X side bar tools'));
    const menu = ReactWidget.create(<Menu commands={commands} trans={trans} shell={shell} />);
    menu.title.label = trans.__('Console');
    menu.addClass('spx-Section');
    this.addWidget(menu);
    for (const [content, label] of [
      [RunList, trans.__('Runs')],
      [ModelList, trans.__('Models')]
    ] as const) {
      const widget = section(content, label);
      widget.addClass('spx-Section');
      this.addWidget(widget);
    }
  }

  override dispose(): void {
    this._unwatch();
    super.dispose();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._watching ??= this._feed.watch();
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._unwatch();
  }

  private _unwatch(): void {
    this._watching?.dispose();
    this._watching = null;
  }

  private readonly _feed: IFeed;
  private _watching: IDisposable | null = null;
}
