import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import { useConsole } from '../context';
import type { IPageProps } from '../pages';
import { Button } from '../parts/buttons';
import { SourceEditor } from '../parts/code';
import { Frame, Section } from '../parts/frame';
import { Failure, Loading } from '../parts/states';
import { useResource } from '../resource';
import { useLibrary } from '../library/client';

const NAME = '[a-z0-9][a-z0-9\\-]{0,62}';

/**
 * A component of one's own, written, kept as a draft, checked and handed in. Parameters: `kind`;
 * `edit`, one's own component, or `like`, a bundled one to begin with.
 */
export default function Contribute({ params }: IPageProps): JSX.Element {
  const { trans } = useConsole();
  const { edit, like, kind } = params;
  return (
    <Frame title={edit ? trans.__('Edit %1', edit) : trans.__('New component')}>
      <p className="spx-Lead">
        {trans.__(
          'Equations, parameters with units and a threshold are enough: PyTorch, C++, JavaScript and the playground follow from them. A draft is yours alone; once handed in it is checked, then another person reviews it.'
        )}
      </p>
      {edit ? <Kept id={edit} /> : <Beginning like={like} likeKind={kind} />}
    </Frame>
  );
}

/** The newest version of one's own component, to be changed. */
function Kept(props: { id: string }): JSX.Element {
  const { visible } = useConsole();
  const library = useLibrary();
  const { id } = props;
  const [source, setSource] = React.useState<string | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  // Once: what others do meanwhile must not replace what is being written.
  const load = (): void => {
    setError(null);
    library
      .component(id)
      .then(({ version }) => library.file({ id, version }, 'component.yaml'))
      .then(file => file.text())
      .then(setSource, setError);
  };
  React.useEffect(() => {
    if (visible && source === null) {
      load();
    }
  }, [id, visible]);
  if (error !== null) {
    return <Failure error={error} retry={load} />;
  }
  return source === null ? <Loading /> : <Draft source={source} />;
}

/** Kind and name of a new component, then its text. */
function Beginning(props: { like?: string; likeKind: string }): JSX.Element {
  const { trans } = useConsole();
  const library = useLibrary();
  const { like, likeKind } = props;
  const found = useResource(() => library.find({ page_size: 1 }), []);
  const kinds = Object.keys(found.data?.kinds ?? {}).sort();
  const [kind, setKind] = React.useState(likeKind);
  const [name, setName] = React.useState('');
  const [source, setSource] = React.useState<string | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const from = kind === likeKind ? like : undefined;
  const begin = async (): Promise<void> => {
    setError(null);
    try {
      setSource(await library.scaffold({ name, kind, like: from }));
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <>
      <form
        className="spx-Form spx-Row"
        onSubmit={event => {
          event.preventDefault();
          void begin();
        }}
      >
        <label>
          {trans.__('Kind')}
          <HTMLSelect value={kind} onChange={event => setKind(event.target.value)}>
            {(kinds.length > 0 ? kinds : [kind]).map(one => (
              <option key={one}>{one}</option>
            ))}
          </HTMLSelect>
        </label>
        <label>
          {trans.__('Name (small letters, digits and -)')}
          <input
            className="jp-mod-styled"
            value={name}
            required
            pattern={NAME}
            onChange={event => setName(event.target.value)}
          />
        </label>
        <button type="submit" className="jp-mod-styled jp-mod-accept spx-Button">
          {from ? trans.__('Begin with %1', from) : trans.__('Begin')}
        </button>
      </form>
      {error !== null && <Failure error={error} />}
      {source !== null && <Draft key={source} source={source} />}
    </>
  );
}

/** The definition as text, and the two things to do with it. */
function Draft(props: { source: string }): JSX.Element {
  const { feed, open, trans } = useConsole();
  const library = useLibrary();
  const [error, setError] = React.useState<unknown>(null);
  const [busy, setBusy] = React.useState<'' | 'keep' | 'submit'>('');
  const text = React.useRef(props.source);
  const send = async (submit: boolean): Promise<void> => {
    setError(null);
    setBusy(submit ? 'submit' : 'keep');
    try {
      const { id } = await library.contribute(text.current, submit);
      void feed.refresh();
      open('component', { component: id });
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy('');
    }
  };
  const write = React.useCallback((source: string) => {
    text.current = source;
  }, []);
  return (
    <Section title={trans.__('Definition')}>
      <p className="spx-Muted">{trans.__('Escape, then Tab leaves the editor.')}</p>
      <SourceEditor
        source={props.source}
        mimeType="text/x-yaml"
        label={trans.__('Definition, as YAML')}
        onChange={write}
      />
      <div aria-live="polite">
        {busy === 'submit' && <p>{trans.__('It is being checked. This takes some seconds.')}</p>}
      </div>
      {error !== null && <Failure error={error} />}
      <div className="spx-Row">
        <Button
          label={trans.__('Keep as a draft')}
          disabled={busy !== ''}
          onClick={() => void send(false)}
        />
        <Button
          label={trans.__('Check and hand in')}
          primary
          disabled={busy !== ''}
          onClick={() => void send(true)}
        />
      </div>
    </Section>
  );
}
