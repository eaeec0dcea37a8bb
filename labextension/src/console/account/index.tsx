import React from 'react';

import type { IPerson } from '../../types';
import { useConsole } from '../context';
import { bytes, Moment } from '../format';
import { Frame, Section } from '../parts/frame';
import { Await, Failure } from '../parts/states';
import { useResource } from '../resource';

/** Who one is here, how programs get in, what one's things take. */
export default function Account(): JSX.Element {
  const { client, trans } = useConsole();
  const me = useResource(() => client.me(), []);
  const system = useResource(() => client.system(), []);
  return (
    <Frame title={trans.__('Account')}>
      <Section title={trans.__('Profile')}>
        <Await resource={me}>
          {person => <Profile key={person.name} person={person} changed={me.reload} />}
        </Await>
      </Section>
      <Section title={trans.__('API tokens')}>
        <p>
          {trans.__(
            'Programs use the token of this Jupyter server, in the header "Authorization: token …". Whoever has it may do what you may. The server shows it where it was started; on a JupyterHub, make one on the Hub\'s page "Token".'
          )}
        </p>
        <p>
          {trans.__('The address of the API:')} <code>{client.connection.url('')}</code> ·{' '}
          <a href={client.connection.url('openapi.json')} target="_blank" rel="noreferrer">
            {trans.__('its description (OpenAPI)')}
          </a>
        </p>
      </Section>
      <Section title={trans.__('Storage')}>
        <Await resource={system}>
          {({ disk }) => (
            <p>
              {trans.__(
                'Weights, datasets and files take %1; %2 of the disk are free.',
                bytes(disk.objects),
                bytes(disk.free)
              )}
            </p>
          )}
        </Await>
      </Section>
    </Frame>
  );
}

function Profile(props: { person: IPerson; changed: () => void }): JSX.Element {
  const { client, trans } = useConsole();
  const { person, changed } = props;
  const [name, setName] = React.useState(person.name);
  const [error, setError] = React.useState<unknown>(null);
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await client.renameMe(name.trim());
      setError(null);
      changed();
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <>
      <p>
        {trans.__('The server knows you as %1.', person.display_name)} {trans.__('Since')}{' '}
        <Moment time={person.created} />
      </p>
      <form className="spx-Form spx-Row" onSubmit={event => void submit(event)}>
        <label>
          {trans.__('Your name on what you write and review')}
          <input
            className="jp-mod-styled"
            value={name}
            maxLength={100}
            onChange={event => setName(event.target.value)}
          />
        </label>
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept spx-Button"
          disabled={!name.trim() || name.trim() === person.name}
        >
          {trans.__('Save')}
        </button>
      </form>
      {error !== null && <Failure error={error} />}
    </>
  );
}
