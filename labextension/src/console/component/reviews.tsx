import React from 'react';

import type { IComponent } from '../../types';
import { useConsole } from '../context';
import { Moment } from '../format';
import { Button } from '../parts/buttons';
import { Section } from '../parts/frame';
import { Failure } from '../parts/states';
import { stateWords } from '../library/words';
import { useLibrary } from '../library/client';

/** What reviewers said of a component, oldest first. */
export function Reviews(props: { component: IComponent }): JSX.Element | null {
  const { trans } = useConsole();
  const { reviews } = props.component;
  if (reviews.length === 0) {
    return null;
  }
  return (
    <Section title={trans.__('Reviews')}>
      <ul className="spx-Reviews">
        {reviews.map(({ version, reviewer_name, verdict, comment, created }) => (
          <li key={created + version}>
            <b>{trans.__('%1: %2 by %3', version, stateWords(verdict, trans), reviewer_name)}</b>{' '}
            <Moment time={created} />
            <p>{comment}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Where a reviewer decides on what another person handed in. */
export function Decision(props: {
  component: IComponent;
  onDecided: (component: IComponent) => void;
}): JSX.Element {
  const { trans } = useConsole();
  const library = useLibrary();
  const { component, onDecided } = props;
  const { id, version, versions } = component;
  const [comment, setComment] = React.useState('');
  const [error, setError] = React.useState<unknown>(null);
  const author = versions.find(one => one.version === version)?.author ?? '';
  const field = React.useId();
  const decide = async (verdict: 'approve' | 'reject'): Promise<void> => {
    setError(null);
    try {
      onDecided(await library.review(id, verdict, comment));
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Section title={trans.__('Your decision')}>
      <form className="spx-Form" onSubmit={event => event.preventDefault()}>
        <p>
          {trans.__(
            '%1 handed in version %2. Once approved, everybody at this store sees it.',
            author,
            version
          )}
        </p>
        <label htmlFor={field}>{trans.__('Why (the author and later readers see it)')}</label>
        <textarea
          id={field}
          className="jp-mod-styled"
          rows={3}
          maxLength={10_000}
          value={comment}
          onChange={event => setComment(event.target.value)}
        />
        {error !== null && <Failure error={error} />}
        <div className="spx-Row">
          <Button
            label={trans.__('Approve')}
            primary
            disabled={!comment.trim()}
            onClick={() => void decide('approve')}
          />
          <Button
            label={trans.__('Reject')}
            disabled={!comment.trim()}
            onClick={() => void decide('reject')}
          />
        </div>
      </form>
    </Section>
  );
}
