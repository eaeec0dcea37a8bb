import React from 'react';

import { useConsole } from '../context';
import { Button } from '../parts/buttons';
import { Frame } from '../parts/frame';
import { Empty } from '../parts/states';

/** Experiments: what will be here, and what does the same until then. */
export default function Experiments(): JSX.Element {
  const { open, trans } = useConsole();
  return (
    <Frame title={trans.__('Experiments')}>
      <Empty
        text={trans.__(
          'Experiments from a YAML file are not part of this version. Until they are, train a model and compare its runs.'
        )}
      >
        <Button label={trans.__('Go to the runs')} onClick={() => open('runs')} />
      </Empty>
    </Frame>
  );
}
