import { Toolbar } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownEmptyIcon, MenuSvg, ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { CommandIDs } from '../commands';
import type { LabContent } from './content';
import type { LabTab } from './tab';

/** Fill the bar: File, the panels, the model's name, the kernel and its state. */
export function fillBar(tab: LabTab, commands: CommandRegistry, trans: TranslationBundle): void {
  const { toolbar, content } = tab;
  const { context, dialogs } = content.session;
  toolbar.addClass('spx-Lab-bar');
  toolbar.node.setAttribute('aria-label', trans.__('Lab'));
  toolbar.addItem('file', new FileButton(commands, trans));
  toolbar.addItem('panels', new PanelTabs(content, trans));
  toolbar.addItem('name', new ModelName(tab, trans));
  toolbar.addItem('spacer', Toolbar.createSpacerItem());
  toolbar.addItem('kernel', Toolbar.createKernelNameItem(context, dialogs, tab.translator));
  toolbar.addItem('status', Toolbar.createKernelStatusItem(context, tab.translator));
}

const FILE: (string | null)[] = [
  CommandIDs.saveLab,
  CommandIDs.saveLabAs,
  CommandIDs.exportLab,
  null,
  CommandIDs.copyLabLink,
  CommandIDs.reopenLab,
  null,
  CommandIDs.closeLab
];

/** The File menu. */
class FileButton extends ReactWidget {
  constructor(
    commands: CommandRegistry,
    private readonly trans: TranslationBundle
  ) {
    super();
    this._menu = new MenuSvg({ commands });
    for (const command of FILE) {
      this._menu.addItem(command ? { command } : { type: 'separator' });
    }
    // Else the focus would be lost with the menu.
    this._menu.aboutToClose.connect(() => this.node.querySelector('button')?.focus());
  }

  override dispose(): void {
    this._menu.dispose();
    super.dispose();
  }

  protected override render(): JSX.Element {
    const open = (button: HTMLElement): void => {
      const { left, bottom } = button.getBoundingClientRect();
      this._menu.open(left, bottom);
    };
    return (
      <button
        className="spx-Bar-button"
        aria-haspopup="menu"
        onClick={event => open(event.currentTarget)}
        onKeyDown={event => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            open(event.currentTarget);
          }
        }}
      >
        {this.trans.__('File')}
        <caretDownEmptyIcon.react tag="span" elementSize="normal" />
      </button>
    );
  }

  private readonly _menu: MenuSvg;
}

/** One tab for each panel that the kernel's Lab has; the toolbar's arrow keys go from one to the next. */
class PanelTabs extends ReactWidget {
  constructor(
    private readonly content: LabContent,
    private readonly trans: TranslationBundle
  ) {
    super();
  }

  protected override render(): JSX.Element {
    const { content } = this;
    return (
      <UseSignal signal={content.changed} initialSender={content}>
        {() => this._tabs()}
      </UseSignal>
    );
  }

  private _tabs(): JSX.Element | null {
    const { state } = this.content;
    if (!state) {
      return null;
    }
    const select = (panel: string): void => {
      void this.content.request('select', { panel });
    };
    return (
      <div role="tablist" aria-label={this.trans.__('Panels')} className="spx-Bar-tabs">
        {state.panels.map(({ name, title }) => (
          <button
            key={name}
            role="tab"
            className="spx-Bar-button"
            aria-selected={name === state.shown}
            onClick={() => select(name)}
          >
            {title}
          </button>
        ))}
      </div>
    );
  }
}

/** The model's name, and whether it is saved. */
class ModelName extends ReactWidget {
  constructor(
    private readonly tab: LabTab,
    private readonly trans: TranslationBundle
  ) {
    super();
  }

  protected override render(): JSX.Element {
    const { tab, trans } = this;
    return (
      <UseSignal signal={tab.content.changed} initialSender={tab.content}>
        {() => (
          <div className="spx-Lab-name">
            <h2>{tab.modelName}</h2>
            {tab.content.state && (
              <span className="spx-Lab-version">
                {trans.__('version %1', tab.content.state.version)}
              </span>
            )}
            <span role="status" className="spx-Lab-dirty">
              {tab.isDirty && trans.__('unsaved changes')}
            </span>
          </div>
        )}
      </UseSignal>
    );
  }
}
