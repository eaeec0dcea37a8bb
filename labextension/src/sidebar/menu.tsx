import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';

import { CommandIDs } from '../commands';
import { pageId, pages } from '../console/pages';

interface IMenuItem {
  command: string;
  args: ReadonlyPartialJSONObject;
  label: string;
  caption: string;
  icon?: LabIcon;
  /** The tab that the item leads to. */
  tab?: string;
}

/** What the menu leads to: the pages, and the settings where there is an editor for them. */
function items(commands: CommandRegistry, trans: TranslationBundle): IMenuItem[] {
  const found: IMenuItem[] = pages(trans)
    .filter(({ needs }) => needs.length === 0)
    .map(({ id, label, caption, icon }) => ({
      command: CommandIDs.openConsole,
      args: { page: id },
      label,
      caption,
      icon,
      tab: pageId(id, {})
    }));
  const settings = CommandIDs.openSettings;
  if (commands.hasCommand(settings) && commands.isVisible(settings)) {
    const place = found.findIndex(({ tab }) => tab === pageId('documentation', {}));
    found.splice(place, 0, {
      command: settings,
      args: {},
      label: trans.__('Settings'),
      caption: commands.caption(settings),
      icon: commands.icon(settings) as LabIcon | undefined
    });
  }
  return found;
}

/** The menu of the Console: one stop of the Tab key, walked with the arrow keys. */
export function Menu(props: {
  commands: CommandRegistry;
  trans: TranslationBundle;
  shell: JupyterFrontEnd.IShell;
}): JSX.Element {
  const { commands, trans, shell } = props;
  const current = useCurrentTab(shell);
  const list = React.useRef<HTMLUListElement>(null);
  const [focused, setFocused] = React.useState(0);
  const entries = items(commands, trans);
  const walk = (event: React.KeyboardEvent): void => {
    const next = {
      ArrowDown: (focused + 1) % entries.length,
      ArrowUp: (focused + entries.length - 1) % entries.length,
      Home: 0,
      End: entries.length - 1
    }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      list.current?.querySelectorAll('button')[next].focus();
    }
  };
  return (
    <nav aria-label={trans.__('SPIKE-X Console')}>
      <ul className="spx-Menu" ref={list} onKeyDown={walk}>
        {entries.map(({ command, args, label, caption, icon: Icon, tab }, index) => (
          <li key={label}>
            <button
              className="spx-Menu-item"
              title={caption}
              aria-current={tab !== undefined && tab === current ? 'page' : undefined}
              tabIndex={index === focused ? 0 : -1}
              onFocus={() => setFocused(index)}
              onClick={() => void commands.execute(command, args)}
            >
              {Icon && <Icon.react tag="span" elementSize="normal" />}
              <span>{label}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The id of the main area's current tab. */
function useCurrentTab(shell: JupyterFrontEnd.IShell): string | null {
  const [id, setId] = React.useState(shell.currentWidget?.id ?? null);
  React.useEffect(() => {
    const update = (): void => setId(shell.currentWidget?.id ?? null);
    shell.currentChanged?.connect(update);
    return () => {
      shell.currentChanged?.disconnect(update);
    };
  }, [shell]);
  return id;
}
