import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';

import { useConsole } from '../context';

/** A button with an icon, its label beside it or, where `quiet`, for screen readers and on hover. */
export function Button(props: {
  label: string;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  icon?: LabIcon;
  quiet?: boolean;
  primary?: boolean;
  disabled?: boolean;
  title?: string;
}): JSX.Element {
  const { label, onClick, icon: Icon, quiet, primary, disabled, title } = props;
  const styles = quiet
    ? 'jp-Button jp-mod-minimal spx-Action'
    : `jp-mod-styled spx-Button ${primary ? 'jp-mod-accept' : 'jp-mod-reject'}`;
  return (
    <button
      type="button"
      className={styles}
      onClick={onClick}
      disabled={disabled}
      title={title ?? (quiet ? label : undefined)}
      aria-label={quiet ? label : undefined}
    >
      {Icon && <Icon.react tag="span" elementSize="normal" />}
      {!quiet && <span>{label}</span>}
    </button>
  );
}

/** A button that executes a command; nothing where no plugin brings the command. */
export function CommandButton(props: {
  command: string;
  args?: ReadonlyPartialJSONObject;
  /** By default the command's own. */
  label?: string;
  primary?: boolean;
}): JSX.Element | null {
  const { commands, execute } = useConsole();
  const { command, args, label, primary } = props;
  if (!commands.hasCommand(command)) {
    return null;
  }
  return (
    <Button
      label={label ?? commands.label(command, args)}
      title={commands.caption(command, args) || undefined}
      primary={primary}
      disabled={!commands.isEnabled(command, args)}
      onClick={() => execute(command, args)}
    />
  );
}
