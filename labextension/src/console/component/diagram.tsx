import React from 'react';

import type { IComponent } from '../../types';
import { useConsole } from '../context';
import { Section } from '../parts/frame';
import { Failure } from '../parts/states';
import { useLibrary } from '../library/client';

/** A component's drawing, as an image: whatever it holds, nothing in it can act. */
export function Diagram(props: {
  component: IComponent;
  file: string;
  waiting: boolean;
}): JSX.Element | null {
  const { trans } = useConsole();
  const library = useLibrary();
  const { component, file, waiting } = props;
  const { id, version, name } = component;
  const [url, setUrl] = React.useState<string | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let made: string | null = null;
    let left = false;
    library.file({ id, version, waiting }, file).then(
      data => {
        if (!left) {
          made = URL.createObjectURL(new Blob([data], { type: 'image/svg+xml' }));
          setUrl(made);
        }
      },
      reason => !left && setError(reason)
    );
    return () => {
      left = true;
      if (made) {
        URL.revokeObjectURL(made);
      }
    };
  }, [id, file, version, waiting]);
  if (error !== null) {
    return <Failure error={error} />;
  }
  return (
    <Section title={trans.__('Diagram')}>
      {url && <img className="spx-Diagram" src={url} alt={trans.__('Diagram of %1', name)} />}
    </Section>
  );
}
