import { Poll } from '@lumino/polling';
import { useCallback, useEffect, useRef, useState, type DependencyList } from 'react';

import { useConsole } from './context';

/** Something that the server is asked for, as far as it is known. */
export interface IResource<T> {
  /** Null until the first answer. */
  readonly data: T | null;
  /** The error of the last attempt, null when it succeeded. */
  readonly error: unknown;
  readonly loading: boolean;
  /** Ask again. */
  readonly reload: () => void;
}

/**
 * Ask the server: once, again whenever `deps` change or the store has been changed, and every
 * `interval` ms where one is given. A page that cannot be seen asks when it can be.
 *
 * @param load - asks; an answer that comes after the next question is dropped.
 * @param interval - null: only on those occasions. Errors make the wait longer.
 */
export function useResource<T>(
  load: () => Promise<T>,
  deps: DependencyList,
  interval: number | null = null
): IResource<T> {
  const { feed, visible } = useConsole();
  const [state, setState] = useState<Omit<IResource<T>, 'reload'>>({
    data: null,
    error: null,
    loading: true
  });
  const poll = useRef<Poll | null>(null);
  const missed = useRef(false);
  const now = useRef({ load, visible });
  now.current = { load, visible };

  const reload = useCallback(() => {
    missed.current = !now.current.visible;
    void poll.current?.schedule({ phase: 'refreshed', interval: Poll.IMMEDIATE });
  }, []);

  useEffect(() => {
    let question = 0;
    const ask = async (): Promise<void> => {
      const asked = ++question;
      setState(last => ({ ...last, loading: true }));
      try {
        const data = await now.current.load();
        if (asked === question) {
          setState({ data, error: null, loading: false });
        }
      } catch (error) {
        if (asked === question) {
          setState(last => ({ ...last, error, loading: false }));
        }
        throw error; // the poll waits longer
      }
    };
    poll.current = new Poll({
      name: '@spikex/lab:page',
      auto: false,
      factory: ask,
      frequency: { interval: interval ?? Poll.NEVER, backoff: interval !== null },
      standby: () => (now.current.visible ? 'when-hidden' : true)
    });
    reload();
    return () => {
      question = -1;
      poll.current?.dispose();
    };
  }, [...deps, interval]);

  useEffect(() => {
    feed.revised.connect(reload);
    return () => {
      feed.revised.disconnect(reload);
    };
  }, [feed]);
  useEffect(() => {
    if (visible && (missed.current || interval !== null)) {
      reload();
    }
  }, [visible]);
  return { ...state, reload };
}
