import React from 'react';

import { CommandIDs } from '../../commands';
import { useConsole } from '../context';
import { CommandButton } from '../parts/buttons';
import { Frame } from '../parts/frame';

/** The landing page: what SPIKE-X Lab is, and where to begin. */
export default function Home(): JSX.Element {
  const { trans } = useConsole();
  return (
    <Frame title={trans.__('SPIKE-X Lab')}>
      <CommandButton command={CommandIDs.openQuickstart} primary />
    </Frame>
  );
}
