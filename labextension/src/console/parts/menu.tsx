import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';
import React from 'react';

import { useConsole } from '../context';
import { Button } from './buttons';

/** An entry of a menu; null is a line between entries. */
export type MenuEntry = { command: string; args: ReadonlyJSONObject } | null;

/** A button that opens a menu of commands; those that no plugin brings are left out. */
export function MenuButton(props: { label: string; entries: readonly MenuEntry[] }): JSX.Element {
  const { commands } = useConsole();
  const shown = React.useRef<Menu | null>(null);
  React.useEffect(() => () => shown.current?.dispose(), []);
  const open = (event: React.MouseEvent<HTMLButtonElement>): void => {
    const button = event.currentTarget;
    shown.current?.dispose();
    const menu = (shown.current = new Menu({ commands }));
    for (const entry of props.entries) {
      if (entry === null) {
        menu.addItem({ type: 'separator' });
      } else if (commands.hasCommand(entry.command)) {
        menu.addItem(entry);
      }
    }
    menu.aboutToClose.connect(() => button.focus());
    const { left, bottom } = button.getBoundingClientRect();
    menu.open(left, bottom);
  };
  return <Button label={props.label} icon={ellipsesIcon} quiet onClick={open} />;
}
